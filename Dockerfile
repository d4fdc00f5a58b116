# Built from the locked versions; runs as an ordinary user; the data are in the volume /data.
FROM python:3.12-slim
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --compile --requirement requirements.lock
COPY pyproject.toml setup.py README.md LICENSE ./
COPY football_assets football_assets
RUN pip install --no-cache-dir --no-deps --compile . && useradd --system football && install -d -o football /data
USER football
ENV FOOTBALL_DATA_DIR=/data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=60s --timeout=5s --start-period=120s --retries=2 CMD ["football-assets", "health"]
# Behind the published port of the container only; see docs/operations.md before it is opened to others.
CMD ["football-assets", "start", "--host", "0.0.0.0"]
