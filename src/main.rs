//! The `lenslint` program: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    lenslint::cli::main()
}
