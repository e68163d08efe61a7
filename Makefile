# Needs Python 3.11 or newer, pip and make. Packages are installed by uv, which pip installs if it is missing.

PYTHON ?= python3
UV ?= $(shell uv --version >/dev/null 2>&1 && echo uv)
PORT ?= 8000
BIN := .venv/bin
CODE := locations ledger reports redflag_credits
export PORT
# A run starts many Python processes; bytecode saves each of them a second or two.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test coverage lint bench prove messages lock install clean

help:
	@echo "make run      start everything on http://127.0.0.1:$(PORT); PORT and DATA_DIR choose others"
	@echo "make test     the whole test suite, with the browser tests if there is a Chromium"
	@echo "make coverage the same with branch coverage, as in .ci/run"
	@echo "make lint     ruff, import-linter, mypy, missing migrations, Django's deployment checks"
	@echo "make bench    compare charging with bare SQL, COPY and django-hordak, workbooks with XlsxWriter: docs/performance.md"
	@echo "make prove    the long tests, and the others at full length: README.md; TRAFFIC=folder"
	@echo "make messages update and compile the translation catalogues; needs GNU gettext"
	@echo "make install  the environment alone, in .venv"
	@echo "make lock     compile requirements/*.txt from pyproject.toml; UPGRADE=1 takes newer versions"
	@echo "make clean    remove .venv, caches and the local data in var/"

run: .venv/.local
	@exec $(BIN)/python -m redflag_credits.devserver.run

test: .venv/.dev
	@.ci/tests

coverage: .venv/.dev
	@COVERAGE=1 .ci/tests

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@grep -rnE 'TO[D]O|FIXM[E]|XX[X]' templates redflag_credits/static ledger/sql --exclude-dir=vendor; test $$? -eq 1
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy $(CODE)
	DATA_DIR=var/lint $(BIN)/python manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy, with production settings"
	@REDFLAG_ENV=production ALLOWED_HOSTS=credits.example.com \
	SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
	DATABASE_URL=postgresql://app@db.example.com/redflag REDIS_URL=redis://redis.example.com:6379/0 \
	EMAIL_URL=smtp+tls://mail.example.com:587 DEFAULT_FROM_EMAIL=credits@example.com \
	MEDIA_ROOT=/srv/redflag/media \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

# MEASURES and ROUNDS: which measures, how many rounds. ROWS: of `workbook`. TRAFFIC: a folder for `forecast`.
# It starts a PostgreSQL of its own, with fsync.
bench: .venv/.bench
	@DATA_DIR=$${DATA_DIR:-var/bench} $(BIN)/python -m benchmarks $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ROWS),--rows $(ROWS)) $(if $(TRAFFIC),--traffic $(TRAFFIC)) $(MEASURES)

prove: .venv/.dev
	PROVE=1 $(if $(TRAFFIC),TRAFFIC=$(TRAFFIC)) $(BIN)/pytest tests --ignore=tests/browser -m "slow or proof" -s -p no:playwright

messages: .venv/.dev
	@command -v msgmerge >/dev/null || { echo "make messages needs GNU gettext: install the package gettext."; exit 1; }
	@$(BIN)/python manage.py makemessages --all --no-obsolete --add-location file \
		$(addprefix --ignore ,tests benchmarks var staticfiles)
	@$(BIN)/python manage.py compilemessages --ignore .venv

install: .venv/.dev

# --- The environment ----------------------------------------------------------------------

define check_python
@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): name one with PYTHON=..."; exit 1; }
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
echo "Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) -V): name another with PYTHON=..."; exit 1; }
endef

$(BIN)/python:
	$(check_python)
ifneq ($(UV),)
	@$(UV) venv --quiet --seed --python "$$(command -v $(PYTHON))" .venv
else
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	echo "$(PYTHON) cannot make a virtual environment: on Debian and Ubuntu install python3-venv."; exit 1; }
endif

# No bytecode: compiling every module takes longer than compiling the used ones at import.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes

# Without uv, pip installs it; if that fails, pip installs everything.
.venv/.uv: requirements/uv.txt | $(BIN)/python
ifeq ($(UV),)
	@$(PIP) --only-binary :all: -r $< || { rm -f $(BIN)/uv; echo "Going on without uv."; }
endif
	@touch $@

# An installed uv keeps its own settings; one that pip installed uses pip's index.
PIP_INDEX = $(BIN)/python -m pip config list 2>/dev/null | \
	sed -nE "s/^(:env:|global|install)\.index-url='(.*)'$$/\2/p" | head -n 1

define install_requirements
@echo "Installing $(1) into .venv (once) ..."
@uv=$(or $(UV),$(BIN)/uv); \
$(if $(UV),,index=$$($(PIP_INDEX)); if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi;) \
if command -v $$uv >/dev/null && $$uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); \
then :; else echo "Installing with pip, which takes a minute ..."; $(PIP) -r $(1); fi
endef

.venv/.local: requirements/local.txt | .venv/.uv
	$(call install_requirements,$<)
	@touch $@

# dev.txt has all packages of local.txt in the same versions.
.venv/.dev: requirements/dev.txt | .venv/.uv
	$(call install_requirements,$<)
	@touch .venv/.local $@

# Installed in addition: packages of `make bench` alone, in compatible versions.
.venv/.bench: requirements/bench.txt | .venv/.local
	$(call install_requirements,$<)
	@touch $@

COMPILE = $(or $(UV),$(BIN)/uv) pip compile --quiet --universal --generate-hashes --no-annotate --no-strip-extras \
	--python-version 3.11 --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock: | .venv/.uv
	@command -v $(or $(UV),$(BIN)/uv) >/dev/null || { echo "Compiling takes uv: install one."; exit 1; }
	$(COMPILE) pyproject.toml --extra local --extra twilio --extra dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra local -c requirements/dev.txt -o requirements/local.txt
	$(COMPILE) pyproject.toml --extra local --extra bench -c requirements/dev.txt -o requirements/bench.txt
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/base.txt
	$(COMPILE) pyproject.toml --extra twilio -c requirements/dev.txt -o requirements/twilio.txt
	$(COMPILE) --group install -o requirements/uv.txt

clean:
	@$(PYTHON) redflag_credits/devserver/clean.py
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
