"""What the partnership graph is and what it can tell; never imports ingest, views, streamlit or pyvis."""
