# The commands of the README. `make test` is what CI runs; `make demo` plays one case from card to province.
PY := .venv/bin/python
STAMP := .venv/.ready

.PHONY: demo test nightly fresh lint bundle bullseye lowest-qt wheels run lock clean

demo: $(STAMP)
	$(PY) -m tests.demo --out demo-out

test: lint
	$(PY) -m pytest -q -n 2 --dist loadfile -m "not journey and not nightly"
	$(PY) -m pytest -q -n 2 -m "journey and not nightly" -p no:randomly

# What takes too long for every change; bare systems need root.
nightly: $(STAMP)
	$(PY) -m pytest -q -m nightly
	$(MAKE) lowest-qt bullseye fresh

# Both commands of the README on bare Debian 12 and 13; needs root.
fresh:
	sh tests/fresh.sh

lint: $(STAMP)
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports

# The installed program and its .deb, built and tried (tests/bundle).
bundle: $(STAMP)
	$(PY) -m tests.bundle

# The same for old systems, in a bare Debian 11; needs root.
bullseye: $(STAMP)
	sh tests/bundle/bullseye.sh

# The window on the oldest Qt for Python a target has wheels for.
lowest-qt: $(STAMP)
	sh tests/lowest_qt.sh

# All that a target's lock names can be had, for Windows too.
wheels: $(STAMP)
	rm -rf build/wheels
	$(PY) -m tests.bundle.targets --download windows-amd64 build/wheels
	$(PY) -m tests.bundle.targets --download linux-aarch64-glibc2.31 build/wheels/aarch64
	rm -rf build/wheels

run: $(STAMP)
	$(PY) -m desktop

# System packages and the locked Python packages; done again only when one of the lists changed, or .venv's Python has gone with an upgrade.
ifneq ($(shell $(PY) -c "print('well')" 2>&1),well)
.PHONY: $(STAMP)
endif
$(STAMP): requirements.lock pyproject.toml tests/setup.sh
	sh tests/setup.sh

lock: $(STAMP)
	$(PY) -m pip install -q "uv==0.13.9"
	.venv/bin/uv pip compile pyproject.toml --extra test --extra uvc --extra usb --extra scan --extra portrait --extra windows --extra bundle --universal --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" -q -o requirements.lock
	$(PY) -m tests.bundle.targets

clean:
	rm -rf .venv build dist demo-out *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
