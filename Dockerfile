# Built from the locked versions; runs as any ordinary user, by `--user` or as `football`; the data are in /data.
FROM python:3.13-slim
WORKDIR /app
# requirements-lake.lock has PostgreSQL and the lake, too.
ARG LOCK=requirements.lock
COPY requirements*.lock ./
RUN pip install --no-cache-dir --compile --requirement "$LOCK"
COPY pyproject.toml setup.py README.md LICENSE ./
COPY football_assets football_assets
RUN pip install --no-cache-dir --no-deps --compile . \
    && useradd --uid 1000 --user-group --no-create-home football \
    && install -d -o football -g football /data
USER 1000
# A user without an entry in /etc/passwd has no home; what libraries keep there is not needed again.
ENV FOOTBALL_DATA_DIR=/data HOME=/tmp
VOLUME /data
EXPOSE 3000 8501 9464
# Late is not dead: only exit status 2 is unhealthy.
HEALTHCHECK --interval=60s --timeout=5s --start-period=120s --retries=2 \
    CMD ["sh", "-c", "football-assets health || [ $? -eq 1 ]"]
# Publish the port on 127.0.0.1 alone; see docs/operations.md before it is opened to others.
CMD ["football-assets", "start", "--host", "0.0.0.0"]
