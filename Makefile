PORT ?= 8000
SIZE ?= 100000
SCALE ?= 1
RUNS ?= 5
SECONDS ?= 3
TIMES ?= 20
RESULTS ?= .bench.json
BIN := .venv/bin
POSTGRES := $(BIN)/python -m config.postgres
MANAGE := $(BIN)/python manage.py
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
TEMPLATES = find . -name '*.html' -not -path './.*' -print0 | xargs -0
INSTALLED := .venv/installed-

# A process that must compile Django first starts five seconds later.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo demo-reset test scale looks torture bench pages lighthouse screenshots check format messages lock

demo: $(INSTALLED)dev
	@$(BIN)/python -c 'import socket; socket.create_server(("127.0.0.1", $(PORT)))' 2>/dev/null \
		|| { echo "Port $(PORT) is not free. Another one: PORT=8123 make demo"; exit 1; }
	@DEMO=1 exec $(POSTGRES) exec --data .demo -- sh -ec '\
		$(MANAGE) migrate --verbosity 0; \
		$(MANAGE) collectstatic --noinput --verbosity 0; \
		$(MANAGE) load_demo $(LARGE); \
		echo "Open http://127.0.0.1:$(PORT) in your browser. Ctrl-C stops everything."; \
		exec setsid $(BIN)/granian config.wsgi:application --interface wsgi --log-level error \
			--host 127.0.0.1 --port $(PORT) --workers 1 --blocking-threads 8'

demo-reset: $(INSTALLED)dev
	$(POSTGRES) reset --data .demo

test: $(INSTALLED)e2e
	$(BIN)/python -m pytest -n 2
	test ! -d tests/e2e || DJANGO_ALLOW_ASYNC_UNSAFE=1 $(BIN)/python -m pytest -n 2 tests/e2e \
		--ignore-glob='*/test_every_page*'  # by make looks

# What starts servers of its own or needs many rows: apart, so that the tests of every day stay quick.
scale: $(INSTALLED)dev
	$(BIN)/python -m pytest -n 2 tests/torture tests/plans tests/demo tests/benchmarks

torture: $(INSTALLED)dev
	TORTURE_ROUNDS=12 TORTURE_HANDLED=50000 $(BIN)/python -m pytest tests/torture -rP

BENCH = $(BIN)/python -m benchmarks --records $$((10 * $(SCALE))) --runs $(RUNS) --seconds $(SECONDS)

# SCALE=10 takes ten times as many records. GROWTH=1 measures a tenth of all first and says what grew.
# PAGE=1 also writes the tables into docs/performance.md.
bench: $(INSTALLED)dev
	$(if $(GROWTH),$(BENCH) --size $$(($(SIZE) / 10)) --json $(RESULTS).tenth)
	$(BENCH) --size $(SIZE) --json $(RESULTS) $(if $(GROWTH),--smaller $(RESULTS).tenth) \
		$(if $(PAGE),--page)

# Every page, dialog and menu in each language, and any two of width, theme and language together.
looks: $(INSTALLED)e2e
	DJANGO_ALLOW_ASYNC_UNSAFE=1 $(BIN)/python -m pytest -n 2 tests/e2e/test_every_page*.py

# PAGE=1 also writes the table into docs/pages.md; BESIDE names the RESULTS of a smaller SIZE.
pages: $(INSTALLED)dev
	$(BIN)/python -m benchmarks.pages --size $(SIZE) --times $(TIMES) --json $(RESULTS) \
		$(if $(BESIDE),--beside $(BESIDE)) $(if $(PAGE),--page)

lighthouse: $(INSTALLED)e2e
	$(BIN)/python -m tests.look.lighthouse

screenshots: $(INSTALLED)e2e
	$(BIN)/python -m tests.look.screenshots

check: $(INSTALLED)dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(TEMPLATES) $(BIN)/djade --check --target-version 5.2
	$(BIN)/lint-imports --no-logo
	DEMO=1 $(POSTGRES) exec -- $(MANAGE) makemigrations --check --dry-run
	env -u DEMO -u DEBUG SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(64))') \
		$(MANAGE) check --deploy --fail-level WARNING

format: $(INSTALLED)dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(TEMPLATES) $(BIN)/djade --target-version 5.2

# Needs the machine's gettext. What it writes is committed: .po to translate, .mo as they are read.
messages: $(INSTALLED)dev
	DEMO=1 $(MANAGE) makemessages --locale zh_Hans --locale ja --no-location --no-wrap --no-obsolete
	sed -i -E '/^"(POT-Creation-Date|Report-Msgid-Bugs-To):/d' locale/*/LC_MESSAGES/django.po
	DEMO=1 $(MANAGE) compilemessages --locale zh_Hans --locale ja --ignore '.*'

lock:
	$(LOCK) requirements/base.in --output-file requirements/base.txt
	$(LOCK) requirements/dev.in --constraints requirements/base.txt --output-file requirements/dev.txt
	$(LOCK) requirements/e2e.in --constraints requirements/dev.txt --output-file requirements/e2e.txt

# Debian keeps ensurepip in a package of its own: without uv, the machine's pip fills the venv.
$(BIN)/python:
	@if command -v uv >/dev/null; then uv venv --quiet .venv; else python3 -m venv --without-pip .venv; fi

$(INSTALLED)%: requirements/%.txt | $(BIN)/python
	@echo "Installing $< into .venv"
	@if command -v uv >/dev/null; \
	then uv pip install --quiet --python $(BIN)/python --require-hashes -r $<; \
	else python3 -m pip --python $(BIN)/python install --quiet --no-compile --disable-pip-version-check \
		--root-user-action ignore --require-hashes -r $<; fi
	@touch $@
