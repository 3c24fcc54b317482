//! A program is the code of one function, as far as it can be reached from its handler, and what it says of calls.

use std::path::PathBuf;

use rustc_hash::FxHashSet;

use super::bindings::Bindings;
use super::expression::{Code, Name};
use super::mode::Mode;
use super::packages::{are_known, are_unexplained};
use super::reach::Reach;
use super::reading::Reading;
use super::request::{Request, requests};
use super::token::Kind;
use super::tree::CodeTree;
use super::{Answer, CallPlace, Callee, Language, Tie, Tied, entry};

/// A file of a program.
#[derive(Clone, Debug)]
pub(crate) struct SourceFile {
    /// Relative to the folder of the code.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
}

/// The code of a function.
#[derive(Debug)]
pub(crate) struct Program {
    /// Its files; the texts are those that places are in.
    pub files: Vec<SourceFile>,
    requests: Vec<Request>,
    /// The variables that it reads, and its texts.
    mentions: FxHashSet<Tie>,
    /// What it has clients for.
    clients: Vec<Callee>,
    is_complete: bool,
}

impl Program {
    /// The program of a handler below a folder; nothing where the handler is not found there.
    pub(crate) fn read(
        mut tree: CodeTree<'_>,
        language: Language,
        handler: &str,
        has_layers: bool,
    ) -> Option<Self> {
        let mut reading = match language {
            Language::Python | Language::JavaScript | Language::Ruby => {
                let first = entry::file(language, handler, &tree)?;
                Reading::by_imports(&mut tree, language, first)
            }
            Language::Java | Language::CSharp => {
                let class = entry::class(language, handler)?;
                Reading::by_types(&mut tree, language, class)?
            }
            Language::Go | Language::Rust => Reading::of_folder(&mut tree, language)?,
        };
        reading.has_gap |=
            tree.is_cut_off || has_layers && are_unexplained(&reading.packages, language, &mut tree);
        Some(Self::of(reading, handler))
    }

    /// The program that a template holds itself.
    pub(crate) fn inline(text: String, language: Language, handler: &str, has_layers: bool) -> Self {
        let code = Code::new(text, language);
        let has_gap = has_layers && !are_known(&code);
        let mut reading = Reading { has_gap, ..Reading::default() };
        reading.add(PathBuf::from("index"), code);
        Self::of(reading, handler)
    }

    fn of(reading: Reading, handler: &str) -> Self {
        let Reading { paths, files, packages: _, has_gap } = reading;
        let mut bindings = Bindings::default();
        let mut clients = Vec::new();
        for (index, code) in files.iter().enumerate() {
            bindings.add(index, code);
            add_clients(code, &mut clients);
        }
        let (mut requests, are_all) = requests(&files, &bindings, &clients);
        let entry = files.first().map_or("", |code| entry::function(code.language, handler));
        if let Some(reach) = Reach::of(&files, entry).filter(|_| !requests.is_empty()) {
            for request in &mut requests {
                request.is_used = reach.comes_to(request.place);
            }
        }
        let mut mentions: FxHashSet<Tie> =
            bindings.variables().map(|variable| Tie::Variable(variable.to_owned())).collect();
        for code in &files {
            add_mentions(code, &bindings, &files, &mut mentions);
        }
        let is_sound = files.iter().all(|code| code.tokens.is_sound && !is_minified(code));
        let is_complete = is_sound && !has_gap && are_all;
        let files =
            paths.into_iter().zip(files).map(|(path, code)| SourceFile { path, text: code.text }).collect();
        Self { files, requests, mentions, clients, is_complete }
    }

    /// What the program says of calls to one callee. `is_only`: it may call no other of its kind.
    pub(crate) fn answer(&self, callee: Callee, is_only: bool, tied: &dyn Fn(&Tie) -> Tied) -> Answer {
        let leads = |request: &Request| {
            let is = |wanted: Tied| request.target.ties.iter().any(|tie| tied(tie) == wanted);
            if is(Tied::Here) {
                Tied::Here
            } else if request.target.is_open || request.target.ties.is_empty() || is(Tied::Unclear) {
                Tied::Unclear
            } else {
                Tied::Elsewhere
            }
        };
        let (mut named, mut unclear): (Vec<&Request>, Vec<&Request>) = (Vec::new(), Vec::new());
        for request in self.requests.iter().filter(|request| request.callee == callee) {
            match leads(request) {
                Tied::Here => named.push(request),
                Tied::Unclear => unclear.push(request),
                Tied::Elsewhere => {}
            }
        }
        let first_of = |requests: &[&Request], mode: Mode| -> Option<CallPlace> {
            requests.iter().find(|request| request.mode == mode).map(|request| request.place)
        };
        // A module that others use as well may hold a call of each kind: what counts is which the handler comes to.
        let is_named = !named.is_empty();
        named.retain(|request| request.is_used != Some(false));
        let of_mode = |mode: Mode| named.iter().any(|request| request.mode == mode);
        let is_mixed = of_mode(Mode::Waits) && of_mode(Mode::Passes);
        let is_unclear = is_mixed && named.iter().any(|request| request.is_used.is_none());
        if is_named && named.is_empty() || is_unclear || of_mode(Mode::Either) && !of_mode(Mode::Waits) {
            return Answer::Either;
        }
        if let Some(place) = first_of(&named, Mode::Waits) {
            return Answer::Waits { place, is_named: true };
        }
        let all = |requests: &[&Request], mode: Mode| requests.iter().all(|request| request.mode == mode);
        let is_mentioned = || self.mentions.iter().any(|tie| tied(tie) == Tied::Here);
        let passes = first_of(&named, Mode::Passes).or(first_of(&unclear, Mode::Passes));
        match (named.is_empty(), unclear.is_empty()) {
            (true, true) => {
                let has_other = self.requests.iter().any(|request| request.callee == callee);
                let is_explained = has_other || !self.clients.contains(&callee);
                let is_proved = self.is_complete && is_explained && !is_mentioned();
                if is_proved { Answer::NoCall } else { Answer::Open }
            }
            (true, false) if all(&unclear, Mode::Waits) && (is_only || is_mentioned()) => {
                first_of(&unclear, Mode::Waits)
                    .map_or(Answer::Open, |place| Answer::Waits { place, is_named: false })
            }
            _ if all(&named, Mode::Passes)
                && all(&unclear, Mode::Passes)
                && (!named.is_empty() || self.is_complete) =>
            {
                passes.map_or(Answer::Open, |place| Answer::Passes { place })
            }
            _ => Answer::Open,
        }
    }
}

/// Whether a file was made by a machine: its names may be anything.
fn is_minified(code: &Code) -> bool {
    code.text.lines().any(|line| line.len() > MOST_OF_LINE)
}

const MOST_OF_LINE: usize = 5000;

fn add_mentions(code: &Code, bindings: &Bindings, files: &[Code], mentions: &mut FxHashSet<Tie>) {
    for at in 0..code.len() {
        match code.variable_read(at) {
            Some((Name::Text(name), _)) => {
                mentions.insert(Tie::Variable(name));
            }
            Some((Name::Constant(name), _)) => {
                let constant = bindings.constant(&name, files);
                mentions.extend(constant.map(|name| Tie::Variable(name.to_owned())));
            }
            None if code.kind(at) == Some(Kind::Text) && code.at(at).len() <= MOST_OF_NAME => {
                mentions.insert(Tie::Literal(code.at(at).to_owned()));
            }
            None => {}
        }
    }
}

/// The longest ARN of a function is shorter.
const MOST_OF_NAME: usize = 256;

/// What a file has clients for, by the names that the SDKs give them.
fn add_clients(code: &Code, clients: &mut Vec<Callee>) {
    let mut add = |callee: Callee| {
        if !clients.contains(&callee) {
            clients.push(callee);
        }
    };
    for at in 0..code.len() {
        let text = code.at(at);
        match code.kind(at) {
            Some(Kind::Text | Kind::Piece) => {
                let is_service = |service: &str, package: &str| {
                    text == service
                        || text.ends_with(&format!("client-{service}"))
                        || text.ends_with(&format!("clients/{service}"))
                        || text.ends_with(&format!("service/{package}"))
                };
                let is_host =
                    |host: &str| text.ends_with(host) || text.contains(host) && text.contains("amazonaws");
                if is_service("lambda", "lambda") || text.contains("lambda invoke") || is_host("lambda.") {
                    add(Callee::Function);
                }
                if is_service("stepfunctions", "sfn") || is_service("sfn", "sfn") || is_host("states.") {
                    add(Callee::StateMachine);
                }
            }
            Some(Kind::Word) => {
                let is_made = code.follows(at, &[".", "::"]) || at > 0 && code.word(at - 1) == "new";
                match text {
                    "LambdaClient"
                    | "LambdaAsyncClient"
                    | "AmazonLambdaClient"
                    | "IAmazonLambda"
                    | "AWSLambda"
                    | "AWSLambdaAsync"
                    | "AWSLambdaClientBuilder"
                    | "AWSLambdaAsyncClientBuilder"
                    | "aws_sdk_lambda" => {
                        add(Callee::Function);
                    }
                    "SfnClient"
                    | "SfnAsyncClient"
                    | "SFNClient"
                    | "AWSStepFunctions"
                    | "AmazonStepFunctionsClient"
                    | "IAmazonStepFunctions"
                    | "aws_sdk_sfn" => add(Callee::StateMachine),
                    "Lambda" if is_made && !code.is(at + 1, ".") => add(Callee::Function),
                    "Lambda" if code.language == Language::Ruby && is_made => add(Callee::Function),
                    "StepFunctions" | "SFN" | "States" if is_made => add(Callee::StateMachine),
                    // `boto3.client(service)`
                    "client" | "resource" | "create_client" if code.language == Language::Python => {
                        let is_by_name = code.is(at + 1, "(") && code.kind(at + 2) == Some(Kind::Word);
                        if is_by_name && code.follows(at, &["."]) {
                            add(Callee::Function);
                            add(Callee::StateMachine);
                        }
                    }
                    _ => {}
                }
            }
            Some(Kind::Sign | Kind::Newline) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file says of a function that `INVOICE` names, and `PRICE` does not.
    fn answer(language: Language, text: &str) -> &'static str {
        let program = Program::inline(text.to_owned(), language, "index.handler", false);
        let tied = |tie: &Tie| match tie {
            Tie::Variable(name) if name == "INVOICE" => Tied::Here,
            Tie::Literal(name) if name == "invoice" => Tied::Here,
            Tie::Variable(name) if name != "PRICE" => Tied::Unclear,
            Tie::Variable(_) | Tie::Literal(_) => Tied::Elsewhere,
        };
        match program.answer(Callee::Function, false, &tied) {
            Answer::Waits { is_named: true, .. } => "waits",
            Answer::Waits { is_named: false, .. } => "likely waits",
            Answer::Passes { .. } => "passes",
            Answer::NoCall => "no call",
            Answer::Either => "either",
            Answer::Open => "open",
        }
    }

    #[test]
    fn a_python_call_is_read_through_the_assignments_around_it() {
        for (text, expected) in [
            ("c.invoke(FunctionName='invoice')", "waits"),
            ("c.invoke(FunctionName='invoice', InvocationType='DryRun')", "passes"),
            ("NAME = os.environ['INVOICE']\ndef f():\n    c.invoke(FunctionName=NAME)", "waits"),
            ("KEY = 'INVOICE'\nc.invoke(FunctionName=os.environ[KEY])", "waits"),
            (
                "def f(mode):\n    c.invoke(FunctionName='invoice', InvocationType=mode)\nf(mode='Event')",
                "open",
            ),
            ("def f(**more):\n    c.invoke(FunctionName='invoice', **more)", "open"),
            ("kind = 'Event'\nc.invoke(FunctionName='invoice', InvocationType=kind)", "passes"),
            ("p = {'FunctionName': 'invoice'}\np['InvocationType'] = 'Event'\nc.invoke(**p)", "passes"),
            ("c.invoke(FunctionName=os.environ['PRICE'])", "no call"),
            ("c.invoke(FunctionName=os.environ['OTHER'])", "open"),
            ("c.invoke(FunctionName='pre-' + stage)", "open"),
            ("c.invoke(FunctionName=f'{stage}-x')\nx = os.environ['INVOICE']", "likely waits"),
            ("boto3.client('lambda').list_functions()", "open"),
            ("send(os.environ['INVOICE'])", "open"),
            ("runner.invoke(cli, ['--help'])", "no call"),
            ("c.invoke(FunctionName='invoice', Payload={'InvocationType': 'Event'})", "waits"),
            (
                "def f(slow):\n    p = {'FunctionName': 'invoice'}\n    if slow:\n        p['InvocationType'] = 'Event'\n    c.invoke(**p)",
                "either",
            ),
            (
                "def now():\n    c.invoke(FunctionName='invoice')\ndef later():\n    c.invoke(FunctionName='invoice', InvocationType='Event')",
                "either",
            ),
            (
                "def now():\n    c.invoke(FunctionName='invoice')\ndef later():\n    c.invoke(FunctionName='invoice', InvocationType='Event')\ndef handler(e, c):\n    later()",
                "passes",
            ),
            (
                "def now():\n    c.invoke(FunctionName='invoice')\ndef handler(e, c):\n    table[e.name]()",
                "either",
            ),
        ] {
            assert_eq!(answer(Language::Python, text), expected, "{text}");
        }
    }

    #[test]
    fn a_java_script_call_is_read_in_the_ways_that_it_is_written() {
        for (text, expected) in [
            ("l.invoke({FunctionName: process.env.INVOICE}, (e, d) => done(e, d))", "waits"),
            ("import {InvokeCommand as Call} from 'x'; new Call({FunctionName: 'invoice'})", "waits"),
            (
                "const FunctionName = 'invoice', InvocationType = 'Event';\nnew InvokeCommand({FunctionName, InvocationType, Payload})",
                "passes",
            ),
            (
                "const base = {FunctionName: 'invoice'};\nnew InvokeCommand({...base, InvocationType: 'Event'})",
                "passes",
            ),
            ("new InvokeCommand({FunctionName: 'invoice', ...more})", "open"),
            ("const call = (name) => new InvokeCommand({FunctionName: name});\nconst name = 'x';", "open"),
            ("l.invokeAsync({FunctionName: 'invoice'})", "passes"),
            ("new InvokeCommand({\n  FunctionName:\n    process.env.INVOICE ?? '',\n})", "waits"),
            ("new InvokeCommand({FunctionName: `${process.env.INVOICE}:live`})", "waits"),
            ("const a = /'/; l.invoke({FunctionName: 'invoice'}); const b = /'/;", "waits"),
        ] {
            assert_eq!(answer(Language::JavaScript, text), expected, "{text}");
        }
    }

    #[test]
    fn what_a_machine_made_proves_no_absence() {
        let line = format!("const a = [{}];", "1,".repeat(MOST_OF_LINE));
        assert_eq!(answer(Language::JavaScript, &line), "open");
        assert_eq!(answer(Language::JavaScript, "const a = 1;"), "no call");
        assert_eq!(answer(Language::JavaScript, "const a = '"), "open");
    }

    #[test]
    fn no_file_takes_long_whatever_is_in_it() {
        let most = 1 << 16;
        for piece in [
            "a=",
            "a={",
            "f(",
            "x.invoke(",
            "new InvokeCommand(",
            "`${",
            "a.FunctionName=",
            "def f(",
            "'",
            "/",
            "a:",
            "(a)=>",
            "x.invoke({FunctionName:a});a=",
            "import a.b\n",
            "class A extends B ",
            "\n",
            "é",
            "InvokeRequest.builder().",
        ] {
            let text = piece.repeat(most / piece.len());
            for language in
                [Language::Python, Language::JavaScript, Language::Java, Language::Rust, Language::Ruby]
            {
                let start = std::time::Instant::now();
                answer(language, &text);
                let seconds = start.elapsed().as_secs();
                assert!(seconds < 5, "{piece} in {language:?}: {seconds} s");
            }
        }
    }
}
