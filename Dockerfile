# The application's image: web, worker, schedule and the lms command (docker-compose.yml says which).
# Three stages: the front end, the Python environment, and what runs; only the last one is shipped.

FROM node:24-bookworm-slim AS front
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --no-audit --no-fund
# The build reads more than lms/static: icons and texts are named in templates and in Python.
COPY lms lms
COPY courses courses
COPY assessment assessment
COPY worker worker
COPY templates templates
RUN npm run build

FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
COPY requirements.txt requirements-build.txt ./
RUN /opt/venv/bin/pip install --require-hashes -r requirements.txt -r requirements-build.txt
WORKDIR /app
COPY pyproject.toml README.md ./
COPY lms lms
COPY courses courses
COPY assessment assessment
COPY worker worker
COPY templates templates
# Editable: templates lie beside the packages, and the question types are found through the distribution's entry points.
RUN /opt/venv/bin/pip install --no-deps --no-build-isolation --editable . \
    && /opt/venv/bin/pip uninstall --yes setuptools pip \
    && python -m compileall -q /opt/venv/lib /app

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin stazhirovka \
    && install --directory --owner=stazhirovka --group=stazhirovka --mode=0750 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
COPY --from=front /app/lms/static/dist /app/lms/static/dist
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LMS_DATA=/data \
    LMS_HOST=0.0.0.0 \
    LMS_PORT=8000 \
    LMS_LOG_FORMAT=json \
    PROMETHEUS_MULTIPROC_DIR=/dev/shm/metrics
WORKDIR /app
USER stazhirovka:stazhirovka
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", \
     "--timeout", "60", "--graceful-timeout", "20", "--keep-alive", "310", "--worker-tmp-dir", "/dev/shm", \
     "--no-control-socket", "--preload", "--config", "python:lms.web_server", "lms.app:create_app()"]
