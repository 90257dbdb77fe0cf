"""What every page shares: state, frame, cached reads, tables, the canvas."""
