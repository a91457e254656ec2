# One command surface, the same here and in continuous integration. `make` alone explains it.
#
# Everything lives in .venv, built on the first use of any target and again only when pyproject.toml or
# constraints.txt change, or when an extra is asked for that is not there yet. Extras once installed are kept.

PYTHON ?= python3
EXTRAS ?= test
CONSTRAINTS ?= constraints.txt
PIP_ARGS ?=
PYTEST_ARGS ?=
WORKERS ?= logical
CHECK_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BUILD := reports/build

# The extras to have: those recorded in the stamp, `test`, and those asked for. One that is missing forces the install.
comma := ,
space := $(subst ,, )
HAVE := $(shell cat $(STAMP) 2>/dev/null)
WANT := $(sort test $(HAVE) $(subst $(comma), ,$(EXTRAS)))
ifneq ($(filter-out $(HAVE),$(WANT)),)
.PHONY: $(STAMP)
endif

.DEFAULT_GOAL := help
.PHONY: help venv test lint types pytest report publish readme check bench clean distclean
.DELETE_ON_ERROR:

help:  ## Show this text
	@echo "stalelaw: derive, machine-check, measure and calibrate the staleness-learning-rate law."
	@echo
	@echo "  make report   the first thing to run: derivation, verdicts, figures, page -> $(BUILD)/index.html"
	@echo "  make test     ruff, pyright, pytest                (PYTEST_ARGS='-k plan' for a part, WORKERS=0 for one process)"
	@echo "  make check    measure every claim, print verdicts  (CHECK_ARGS='--suite full')"
	@echo "  make publish  refresh the small committed copies in reports/"
	@echo "  make readme   renew the table of claims in README.md"
	@echo "  make bench    time the exact gradient against the obvious loop"
	@echo "  make venv     only the environment                 (EXTRAS=test,trl adds a real TRL trainer)"
	@echo "  make clean    remove builds and caches             (make distclean: the environment too)"
	@echo
	@echo "Each target works first on a fresh clone. PYTHON=python3.12 chooses the interpreter (3.11 or newer);"
	@echo "README.md, 'Choosing torch', says how to use a GPU build or another package index."

venv: $(STAMP)  ## Environment in .venv with the package installed editable

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "expected Python 3.11 or newer; got $$($(PYTHON) --version 2>&1 | head -n 1); try: make PYTHON=python3.12 ..." >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "could not create $(VENV); on Debian and Ubuntu install the package python3-venv" >&2; exit 2; }
	@echo "== installing stalelaw[$(subst $(space),$(comma),$(WANT))] into $(VENV); minutes the first time"
	$(BIN)/python -m pip install $(PIP_ARGS) --disable-pip-version-check \
	  --constraint $(CONSTRAINTS) --editable '.[$(subst $(space),$(comma),$(WANT))]'
	@echo $(WANT) > $@

test: lint types pytest  ## Lint, types and tests

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --warnings

# After lint and types even under make -j, so that the last line is the summary of the tests.
pytest: $(STAMP) | lint types
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 --dist loadgroup --no-loadscope-reorder $(PYTEST_ARGS)

report: $(STAMP)  ## The main job
	$(BIN)/stalelaw report --out $(BUILD)

publish: $(STAMP)  ## Small copies for the repository
	$(BIN)/stalelaw report --out $(BUILD) --publish reports

readme: $(STAMP)  ## The table of claims in README.md
	$(BIN)/python tools/readme_claims.py

check: $(STAMP)  ## Claims against measurements
	$(BIN)/stalelaw check $(CHECK_ARGS)

bench: $(STAMP)  ## Side by side with the obvious way
	$(BIN)/python benchmarks/exact_gradient.py

clean:
	rm -rf $(BUILD) build dist .pytest_cache .ruff_cache .hypothesis .stalelaw-cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV) stalelaw.egg-info
