# The portal's commands. `make run` serves it, `make check` looks at a change in a minute or two,
# `make test` proves it; a fresh clone needs python3 >= 3.11, pip and git only.

PYTHON ?= python3
PORT ?= 8000
export PORT

# A stamp carries the checksum of what was installed: a changed lock installs anew, else no cost.
RUN_STAMP := .venv/.run-$(shell cat requirements.lock | cksum | tr ' ' '-')
DEV_STAMP := .venv/.dev-$(shell cat requirements-dev.lock | cksum | tr ' ' '-')

# Bare Debian has no ensurepip and guards its own pip (PEP 668): the system's pip installs into a
# venv that has none. Only files whose hash stands in the lock are taken.
INSTALL = $(PYTHON) -m pip --python .venv/bin/python --disable-pip-version-check install \
	-qq --no-input --require-hashes

.PHONY: help run check test bench dev clean
help:
	@echo "make run    serve the portal on http://127.0.0.1:$(PORT)/ (PORT=8001 make run: elsewhere)"
	@echo "make check  lint, format, types, import contract and the fast tests"
	@echo "make test   everything that must hold"
	@echo "make bench  how fast, as ratios measured side by side"
	@echo "make dev    autoreload server with the debug toolbar"
	@echo "make clean  remove the virtual environment (never var/)"

run: $(RUN_STAMP)
	@exec .venv/bin/python manage.py serve --sample

dev: $(DEV_STAMP)
	@DEBUG=1 .venv/bin/python manage.py prepare --sample
	@DEBUG=1 .venv/bin/python manage.py runserver "127.0.0.1:$${PORT:-8000}"

check: $(DEV_STAMP)
	@exec .venv/bin/python tests/support/run.py check

test: $(DEV_STAMP)
	@exec .venv/bin/python tests/support/run.py

bench: $(DEV_STAMP)
	@exec .venv/bin/python tests/benchmarks/bench.py $(PARTS)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The portal needs Python 3.11 or newer (apt-get install python3)." >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "The portal needs pip (apt-get install python3-pip)." >&2; exit 1; }
	@$(PYTHON) -m venv --without-pip .venv

$(RUN_STAMP): | .venv/bin/python
	@echo "Installing the pinned dependencies into .venv …"
	@$(INSTALL) -r requirements.lock
	@rm -f .venv/.run-* && touch $@

$(DEV_STAMP): | .venv/bin/python
	@echo "Installing the pinned dependencies and the test tools into .venv …"
	@$(INSTALL) -r requirements-dev.lock
	@rm -f .venv/.dev-* .venv/.run-* && touch $@ $(RUN_STAMP)

clean:
	rm -rf .venv
