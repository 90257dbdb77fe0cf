# The app in one image: everything pinned, nothing fetched at run time, no root.
# Alone it serves the bundled graph from the embedded engine; with NEO4J_URI, that server's.
FROM python:3.11-slim AS environment
WORKDIR /
COPY requirements.lock .
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r requirements.lock

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    EXPLORER_DATA_DIR=/data \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_HEADLESS=true
WORKDIR /app
COPY --from=environment /venv /venv
COPY .streamlit .streamlit
COPY data/bundled data/bundled
COPY data/curated data/curated
COPY data/judgements data/judgements
COPY graph graph
COPY ingest ingest
COPY views views
COPY app.py pyproject.toml ./
RUN python -m compileall -q . && install -d -o 10001 -g 10001 /data
USER 10001:10001
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
# A build that is up to date is over in a second; one that was interrupted goes on.
CMD ["sh", "-c", "python -m ingest build && exec python -m streamlit run app.py --server.port 8501"]
