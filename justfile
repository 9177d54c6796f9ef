# Short names for what is done often. Each is also a plain command: read on.

# What there is.
default:
    @just --list

# All tests, as in README.md.
test:
    cargo test --workspace --locked

# Formatting and lints, as strict as CI.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings

# The documentation of every crate, as strict as CI.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# Everything that must hold before a commit is passed on.
ci:
    .ci/run

# The whole story of a quarter, over real QUIC on this machine.
demo:
    cargo run --release --locked --example bac-ninh

# Writes the entries and frames of proto/vectors anew from the code and shows what
# became different: for a new kind or frame. A changed old vector means that
# signatures break. vectors/document is only compared: its bytes never change.
vectors:
    UPDATE_EXPECT=1 cargo test --locked -p quanho-wire
    cargo test --locked -p quanho-document
    git status --short proto/vectors

# Formats the sources and takes in changed snapshots of screens after review.
tidy:
    cargo fmt --all
    cargo insta review || echo "cargo-insta is not there: look for *.snap.new yourself"

# How long a key takes until its frame is drawn, and a page until its data is there,
# with an almost empty home beside the full one.
bench:
    cargo bench --locked -p quanho-tui --bench frames
    cargo bench --locked -p quanho-replica --bench desk

# One seed of the simulator: what was done, or how it failed and the fewest events
# that fail so.
sim SEED:
    cargo run --release --locked -p quanho-testkit --features sim --bin sim -- {{SEED}}

# So many seeds, with a count of the harm that was done.
sim-many N:
    cargo run --release --locked -p quanho-testkit --features sim --bin sim -- --many {{N}}

# One fuzz target for so many seconds; what it finds goes into its kept corpus.
fuzz TARGET SECONDS:
    cd tests && RUSTC_BOOTSTRAP=1 cargo fuzz run -O -s none --target-dir ../target/fuzz {{TARGET}} -- \
        -max_total_time={{SECONDS}} -timeout=10 -rss_limit_mb=1024

# All fuzz targets, two at a time; what they find stays in target/fuzz/corpus.
fuzz-all SECONDS:
    .ci/fuzz {{SECONDS}} target/fuzz/corpus

# The pictures of the screens that README.md shows, drawn anew from the code.
captures:
    UPDATE_EXPECT=1 cargo test --locked -p quanho-tests --test captures
    git status --short examples/captures
