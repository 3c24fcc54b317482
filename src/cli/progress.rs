//! How far a long run has come, on a line that is gone when it ends. A library for it would bring six more and draw
//! what one line says.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Whoever waits no longer than this need not be told.
const PATIENCE: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(100);

/// Does `work`, which counts what is done of so many files; at a terminal, and where no machine reads along.
pub(super) fn shown<T>(files: usize, is_quiet: bool, work: impl FnOnce(&AtomicUsize) -> T) -> T {
    let done = AtomicUsize::new(0);
    if is_quiet || !is_watched() {
        return work(&done);
    }
    let (end, ended) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let done = &done;
        scope.spawn(move || draw(files, done, &ended));
        let result = work(done);
        drop(end);
        result
    })
}

/// Whether a person looks at standard error. pre-commit gives its hooks a terminal and keeps what they write.
fn is_watched() -> bool {
    let is_set = |variable| env::var_os(variable).is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal()
        && !is_set("CI")
        && !is_set("PRE_COMMIT")
        && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Draws until the other end of `ended` is dropped.
fn draw(files: usize, done: &AtomicUsize, ended: &mpsc::Receiver<()>) {
    let mut wait = PATIENCE;
    while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let done = done.load(Ordering::Relaxed).min(files);
        let _ = write!(io::stderr().lock(), "\r\u{1b}[Klenslint: {done} of {files} files");
        wait = STEP;
    }
    if wait == STEP {
        let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
    }
}
