# The only entry points that a newcomer needs; `make help` lists them. Everything is installed into this folder.

SHELL = /bin/sh
PY = .venv/bin/python
PIP = .venv/bin/python -m pip
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_NO_INPUT = 1
export PIP_ROOT_USER_ACTION = ignore
COMPILE = uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" --quiet pyproject.toml

.DEFAULT_GOAL = help
.NOTPARALLEL:
.PHONY: help run test bench chaos screenshots lint manage lock assets clean venv installed developed

help:
	@echo "make run                  set up, start everything, print the address (PORT=8000, VAR=var, HOST=127.0.0.1)"
	@echo "make test                 the whole suite (ARGS= goes to pytest)"
	@echo "make lint                 formatter, linter, templates, import contracts, types, missing migrations"
	@echo "make bench                benchmarks as ratios (SCALE=100000 tickets)"
	@echo "make chaos                the crash proofs at full length"
	@echo "make screenshots          the pictures of the README, taken from the demo"
	@echo "make manage CMD=\"...\"     any management command against the same database"
	@echo "make lock                 pin all Python packages anew (needs uv)"
	@echo "make assets               fetch front-end files"
	@echo "make clean                remove what set-up installed; the data in VAR stays"

run: installed assets
	@exec $(PY) -m cs_platform.start

manage: installed
	@exec $(PY) -m cs_platform.start manage $(CMD)

test: developed assets
	@exec $(PY) -m pytest -n 2 --dist loadgroup $(ARGS)

bench: developed assets
	@exec $(PY) -m bench

chaos: developed assets
	@exec $(PY) -m bench.chaos

screenshots: developed assets
	@exec $(PY) docs/screenshots.py

lint: developed
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	@if find templates -name '*.html' 2>/dev/null | grep -q .; then \
		echo "$(PY) -m djlint --check --lint templates"; $(PY) -m djlint --quiet --check --lint templates; fi
	.venv/bin/lint-imports
	$(PY) -m mypy accounts customers metrics playbooks hiring training cs_platform
	$(PY) -m cs_platform.start manage makemigrations --check --dry-run

assets: installed
	@$(PY) -m cs_platform.assets

lock:
	@command -v uv >/dev/null || { echo "uv is needed: see https://docs.astral.sh/uv/" >&2; exit 1; }
	$(COMPILE) -o requirements.txt
	$(COMPILE) --extra dev -o requirements-dev.txt

clean:
	rm -rf .venv node_modules static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

# --- Set-up -------------------------------------------------------------------------------------------------------
# A virtual environment that works is taken as it is. Debian leaves ensurepip out of its Python: then the pip of the
# system, if there is one, installs into the environment from outside.
venv:
	@if $(PIP) --version >/dev/null 2>&1; then exit 0; fi; \
	for python in python3.13 python3.12 python3.11 python3 python none; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; \
	done; \
	if [ $$python = none ]; then \
		echo "Python 3.11 or newer is needed: https://www.python.org/downloads/ or your system's packages." >&2; exit 1; fi; \
	echo "Making .venv with $$($$python --version) ..."; \
	rm -rf .venv; \
	if $$python -c 'import ensurepip, venv' >/dev/null 2>&1; then $$python -m venv .venv; \
	elif $$python -m pip --version >/dev/null 2>&1 && $$python -m venv --without-pip .venv >/dev/null 2>&1; then \
		$$python -m pip --python .venv/bin/python install --quiet pip; \
	else \
		echo "Python's venv module is missing: install it (Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; fi

# The lock that was installed is kept in .venv: packages are installed again only when it changes.
installed: venv
	@if ! cmp -s requirements.txt .venv/installed.txt; then \
		echo "Installing Python packages (about a minute) ..."; \
		$(PIP) install --quiet --require-hashes -r requirements.txt && cp requirements.txt .venv/installed.txt; fi

developed: venv
	@if ! cmp -s requirements-dev.txt .venv/developed.txt; then \
		echo "Installing Python packages for development (a minute or two) ..."; \
		$(PIP) install --quiet --require-hashes -r requirements-dev.txt \
			&& cp requirements-dev.txt .venv/developed.txt && cp requirements.txt .venv/installed.txt; fi
