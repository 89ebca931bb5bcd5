# Every target sets up what it needs. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help report test thorough check format refresh lab bench reference lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-9s %s\n", $$1, $$2}'

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch .venv/ready

report: .venv/ready  ## run every notebook and write figures, tables and report.html
	$(BIN)/python -m helpers report $(ARGS)

test: .venv/ready check  ## lint, unit tests, back tests, notebooks (what CI runs)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)
	$(BIN)/python -m pytest --nbval -p no:cacheprovider -W default -n 2 --dist loadfile notebooks

thorough: export THOROUGH = 1
thorough: test  ## the same at full size: more examples, surveys and languages where `test` takes samples

check: .venv/ready  ## lint and formatting of code and notebooks, and which package may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

format: .venv/ready  ## put code and notebooks into the project's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

refresh: .venv/ready  ## re-execute notebooks/ in place and renew the committed figures and tables
	$(BIN)/python -m helpers refresh

lab: .venv/ready  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

bench: .venv/ready  ## time a run beside other ways to run notebooks, and renew the README's table
	$(BIN)/python tests/benchmarks/respondents.py
	$(BIN)/python tests/benchmarks/runs.py

reference:  ## compute the reference values of tests/reference anew (needs R with its package survey)
	Rscript tests/reference/reference.R
	Rscript tests/reference/joint.R
	Rscript tests/reference/weights.R
	Rscript tests/reference/design.R

lock:  ## compile requirements.txt anew from pyproject.toml (the only target that needs uv)
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet uv
	.venv-lock/bin/uv pip compile --upgrade --universal --generate-hashes --no-header --quiet \
	  --python-version 3.11 --extra test pyproject.toml --output-file requirements.txt
	rm -rf .venv-lock

clean:  ## remove the environment and generated caches, never outputs
	rm -rf .venv .venv-lock .pytest_cache .ruff_cache .hypothesis build *.egg-info
