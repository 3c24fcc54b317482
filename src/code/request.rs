//! Requests: the places where a program asks an AWS SDK to invoke a function or to start a workflow.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::bindings::{Bindings, Value};
use super::expression::{Code, Region};
use super::field::{Field, Fields, field};
use super::mode::{Mode, is_conditional};
use super::token::Kind;
use super::{CallPlace, Callee, Language};

/// One request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) callee: Callee,
    pub(super) mode: Mode,
    /// What names the function or the workflow.
    pub(super) target: Value,
    pub(super) place: CallPlace,
    /// Whether the handler comes to it; `None` where that is not known.
    pub(super) is_used: Option<bool>,
}

/// A word that makes a request.
struct Trigger {
    word: &'static str,
    callee: Callee,
    /// The mode, unless the request says its own.
    mode: Option<Mode>,
}

const fn invoke(word: &'static str, mode: Option<Mode>) -> Trigger {
    Trigger { word, callee: Callee::Function, mode }
}

const fn start(word: &'static str, mode: Mode) -> Trigger {
    Trigger { word, callee: Callee::StateMachine, mode: Some(mode) }
}

/// Methods of clients whose arguments are the request.
const METHODS: [Trigger; 10] = [
    invoke("invoke", None),
    invoke("invokeWithResponseStream", Some(Mode::Waits)),
    invoke("invoke_with_response_stream", Some(Mode::Waits)),
    invoke("invokeAsync", Some(Mode::Passes)),
    invoke("invoke_async", Some(Mode::Passes)),
    start("startExecution", Mode::Passes),
    start("start_execution", Mode::Passes),
    start("startSyncExecution", Mode::Waits),
    start("start_sync_execution", Mode::Waits),
    start("startExecutionAsync", Mode::Passes),
];

/// Types that are a request, without what each SDK adds to their names.
const TYPES: [Trigger; 5] = [
    invoke("Invoke", None),
    invoke("InvokeWithResponseStream", Some(Mode::Waits)),
    invoke("InvokeAsync", Some(Mode::Passes)),
    start("StartExecution", Mode::Passes),
    start("StartSyncExecution", Mode::Waits),
];

/// Words of one program that may make a request: one with more is not written by hand.
const MOST_TRIGGERS: usize = 1000;

/// The requests of a program, in the order of its files; and whether these are all.
pub(super) fn requests(files: &[Code], bindings: &Bindings, clients: &[Callee]) -> (Vec<Request>, bool) {
    let mut found = Vec::new();
    let mut triggers = 0;
    for (file, code) in files.iter().enumerate() {
        let reader =
            Reader { files, bindings, file, code, renamed: renamed(code), later: later_fields(code) };
        for at in 0..code.len() {
            let Some((trigger, shape)) = reader.trigger(at) else { continue };
            let has_client = clients.contains(&trigger.callee);
            found.extend(reader.request(at, trigger, shape, has_client));
            triggers += 1;
            if triggers == MOST_TRIGGERS {
                return (found, false);
            }
        }
    }
    (found, true)
}

/// The other names of a file's commands: `import { InvokeCommand as Call }`, `const { InvokeCommand: Call } = …`.
fn renamed(code: &Code) -> FxHashMap<&str, &'static Trigger> {
    let is_renamed = |at: &usize| {
        code.language == Language::JavaScript && (code.word(at + 1) == "as" || code.is(at + 1, ":"))
    };
    let names = (0..code.len()).filter(is_renamed).filter_map(|at| {
        let name = code.word(at).strip_suffix("Command")?;
        let trigger = TYPES.iter().find(|trigger| trigger.word == name)?;
        code.is_word(at + 2).then(|| (code.at(at + 2), trigger))
    });
    names.collect()
}

/// The fields that a file sets on names: `params.InvocationType = 'Event'`, `request.setFunctionName(…)`.
fn later_fields(code: &Code) -> FxHashMap<&str, Vec<(Field, Range<usize>)>> {
    let mut found: FxHashMap<&str, Vec<(Field, Range<usize>)>> = FxHashMap::default();
    for at in 0..code.len() {
        let key = match (code.at(at + 1), code.at(at + 2)) {
            ("[", ":") => at + 3,
            ("." | "[", _) => at + 2,
            _ => continue,
        };
        let Some(field) = Field::of(code.at(key)).filter(|_| code.is_word(at)) else { continue };
        let after = key + 1 + usize::from(code.is(key + 1, "]"));
        let value = if code.is(after, "=") {
            code.expression(after + 1)
        } else if code.is(after, "(") {
            code.inside(after)
        } else {
            continue;
        };
        let fields = found.entry(code.at(at)).or_default();
        if fields.len() < MOST_OF_ONE_NAME {
            fields.push((field, value));
        }
    }
    found
}

/// Fields that are set on one name.
const MOST_OF_ONE_NAME: usize = 32;

/// How a request is written.
enum Shape {
    /// Between brackets, as arguments or as a literal.
    Brackets(Range<usize>),
    /// A chain of calls of a builder.
    Chain(Range<usize>),
}

pub(super) struct Reader<'c> {
    pub(super) files: &'c [Code],
    pub(super) bindings: &'c Bindings,
    file: usize,
    code: &'c Code,
    renamed: FxHashMap<&'c str, &'static Trigger>,
    later: FxHashMap<&'c str, Vec<(Field, Range<usize>)>>,
}

impl Reader<'_> {
    /// What a token asks for, and where the rest of it is said.
    fn trigger(&self, at: usize) -> Option<(&'static Trigger, Shape)> {
        let code = self.code;
        let word = code.word(at);
        if word.is_empty() {
            return None;
        }
        let method = || METHODS.iter().find(|trigger| trigger.word == word);
        let of_type = |suffix: &str| {
            let name = word.strip_suffix(suffix)?;
            TYPES.iter().find(|trigger| trigger.word == name)
        };
        let is_method = code.follows(at, &[".", "?.", "&."]) && code.is(at + 1, "(");
        let is_made =
            code.follows(at, &["."]) || at.checked_sub(1).is_some_and(|before| code.word(before) == "new");
        match code.language {
            Language::Python if is_method => Some((method()?, Shape::Brackets(code.inside(at + 1)))),
            Language::Ruby if code.follows(at, &[".", "&."]) => {
                let trigger = method()?;
                let shape =
                    if code.is(at + 1, "(") { code.inside(at + 1) } else { code.rest_of_line(at + 1) };
                Some((trigger, Shape::Brackets(shape)))
            }
            Language::JavaScript => {
                if is_method && let Some(trigger) = method() {
                    return Some((trigger, Shape::Brackets(code.expression(at + 2))));
                }
                let open = at + 1;
                (is_made && code.is(open, "("))
                    .then(|| of_type("Command").or_else(|| self.renamed.get(word).copied()))
                    .flatten()
                    .map(|trigger| (trigger, Shape::Brackets(code.expression(open + 1))))
            }
            Language::Java => {
                if is_method && let Some(trigger) = method() {
                    // `client.invoke(request -> request.functionName(…))`
                    let inside = code.inside(at + 1);
                    return code.has_arrow(&inside).then_some((trigger, Shape::Chain(inside)));
                }
                let is_built = code.is(at + 1, ".") && code.word(at + 2) == "builder";
                let trigger = of_type("Request").filter(|_| is_built || is_made)?;
                Some((trigger, Shape::Chain(code.expression(at + 1))))
            }
            Language::CSharp => {
                let is_typed = code.is_word(at + 1)
                    && code.is(at + 2, "=")
                    && code.word(at + 3) == "new"
                    && code.is(at + 4, "(");
                let trigger = of_type("Request").filter(|_| is_made || is_typed)?;
                let start = if is_typed { at + 4 } else { at + 1 };
                Some((trigger, Shape::Chain(code.expression(start))))
            }
            Language::Go => {
                let trigger = of_type("Input").filter(|_| code.is(at + 1, "{"))?;
                Some((trigger, Shape::Brackets(code.inside(at + 1))))
            }
            Language::Rust => {
                let trigger = method().filter(|_| is_method && code.inside(at + 1).is_empty())?;
                Some((trigger, Shape::Chain(code.expression(at + 3))))
            }
            Language::Python | Language::Ruby => None,
        }
    }

    fn request(&self, at: usize, trigger: &Trigger, shape: Shape, has_client: bool) -> Option<Request> {
        let code = self.code;
        let (range, is_chain) = match shape {
            Shape::Brackets(range) => (range, false),
            Shape::Chain(range) => (range, true),
        };
        let mut fields = Fields::default();
        self.read_fields(&Region { file: self.file, range: range.clone() }, &mut fields, Fields::MOST_STEPS);
        if let Some(name) = self.assigned_name(at) {
            self.read_later(name, &mut fields);
        }
        let named = match trigger.callee {
            Callee::Function => fields.function.take(),
            Callee::StateMachine => fields.workflow.take(),
        };
        // `invoke` and its like are methods of much else. What is handed over whole may be a request.
        let is_type = TYPES.iter().any(|it| std::ptr::eq(it, trigger));
        if named.is_none() && !is_type && !(has_client && fields.is_open) {
            return None;
        }
        let target = named.map_or(Value::open(), |named| self.bindings.value(&named, self.files));
        let mode = trigger.mode.unwrap_or_else(|| match fields.modes.as_slice() {
            [] if fields.is_open && !is_chain => Mode::Unknown,
            [] => Mode::Waits,
            regions => self.mode(regions),
        });
        let mode = if mode == Mode::Passes && fields.is_conditional { Mode::Either } else { mode };
        let span = code.token(at)?.span;
        let place = CallPlace { file: self.file, span };
        Some(Request { callee: trigger.callee, mode, target, place, is_used: None })
    }

    /// The name that is assigned what is made at `at`.
    fn assigned_name(&self, at: usize) -> Option<&str> {
        let code = self.code;
        let start = at.saturating_sub(Self::MOST_BEFORE);
        if code.is_word(at + 1) && code.is(at + 2, "=") {
            return Some(code.at(at + 1));
        }
        let equals = (start..at).rev().take_while(|index| {
            code.kind(*index) != Some(Kind::Newline)
                && !matches!(code.at(*index), ";" | "{" | "}" | "(" | ",")
        });
        let equals = equals.into_iter().find(|index| code.is(*index, "=") || code.is(*index, ":="))?;
        equals.checked_sub(1).filter(|before| code.is_word(*before)).map(|before| code.at(before))
    }

    /// Tokens between the name and the type: `InvokeRequest request = new com.amazonaws.InvokeRequest`.
    const MOST_BEFORE: usize = 16;

    /// The fields that an expression says.
    fn read_fields(&self, region: &Region, fields: &mut Fields, steps: usize) {
        let code = &self.files[region.file];
        let mut at = region.range.start;
        let mut handed = Vec::new();
        // The ends of the braces that the walk is in.
        let mut braces: Vec<usize> = Vec::new();
        while at < region.range.end {
            if fields.looks == Fields::MOST_LOOKS {
                fields.is_open = true;
                return;
            }
            fields.looks += 1;
            if code.is(at, "{") {
                braces.push(code.after(at) - 1);
            }
            while braces.last().is_some_and(|end| *end <= at) {
                braces.pop();
            }
            if let Some((field, value)) = field(code, at) {
                fields.put(field, Region { file: region.file, range: value.clone() });
                at = value.end.max(at + 1);
                continue;
            }
            // The payload may hold anything, and says nothing.
            if is_key(code, at) {
                let value = code.expression(at + 2);
                at = value.end.max(at + 2);
                continue;
            }
            // `{ FunctionName: name, Payload }`
            let is_key_alone = !braces.is_empty() && !code.follows(at, &["...", "*"]);
            if code.is_word(at) && stands_alone(code, at) && !is_key_alone {
                handed.push(at);
            }
            at += 1;
        }
        for at in handed {
            let regions =
                if steps == 0 { Vec::new() } else { self.bindings.seen_from(region.file, code, at) };
            fields.is_open |= regions.is_empty();
            for assigned in regions {
                self.read_fields(assigned, fields, steps - 1);
            }
            if region.file == self.file {
                self.read_later(code.at(at), fields);
            }
        }
    }

    /// The fields that are set on a name.
    fn read_later(&self, name: &str, fields: &mut Fields) {
        for (field, value) in self.later.get(name).into_iter().flatten() {
            let is_first_mode = *field == Field::Mode && fields.modes.is_empty();
            fields.is_conditional |= is_first_mode && is_conditional(self.code, value.start);
            fields.put(*field, Region { file: self.file, range: value.clone() });
        }
    }
}

/// Whether a key of something else stands there.
fn is_key(code: &Code, at: usize) -> bool {
    let is_named = matches!(code.kind(at), Some(Kind::Word | Kind::Text));
    is_named && ["=", ":", "=>"].iter().any(|sign| code.is(at + 1, sign))
}

/// Whether a word is a value of its own, and not a part of a longer one or the name of what is called.
fn stands_alone(code: &Code, at: usize) -> bool {
    !code.follows(at, &[".", "?.", "::"])
        && !is_first(code, at)
        && !matches!(code.at(at), "new" | "await" | "as" | "const")
}

pub(super) fn is_first(code: &Code, at: usize) -> bool {
    matches!(code.at(at + 1), "." | "?." | "::" | "(" | "->" | "=>")
}

/// Tokens of arguments without brackets.
const MOST_OF_LINE: usize = 1000;

impl Code {
    /// The rest of a line, and of the lines that it goes on in.
    fn rest_of_line(&self, start: usize) -> Range<usize> {
        let mut at = start;
        while at < self.len() && at - start < MOST_OF_LINE {
            let goes_on = at > start && self.is(at - 1, ",");
            if self.kind(at) == Some(Kind::Newline) && !goes_on {
                break;
            }
            at = self.after(at);
        }
        start..at.min(self.len())
    }

    /// Whether it is a function: `request -> …`, `(request) -> …`.
    fn has_arrow(&self, range: &Range<usize>) -> bool {
        range.clone().take(4).any(|at| self.is(at, "->"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file asks for, in order: the callee, the mode and the word of the request.
    fn asked(language: Language, text: &str) -> Vec<String> {
        let files = [Code::new(text.to_owned(), language)];
        let mut bindings = Bindings::default();
        bindings.add(0, &files[0]);
        let (found, are_all) = requests(&files, &bindings, &[]);
        assert!(are_all, "{text}");
        let told = found.iter().map(|request| {
            let word = &text[request.place.span.range()];
            format!("{:?} {:?} {word}", request.callee, request.mode)
        });
        told.collect()
    }

    #[test]
    fn a_request_is_found_as_each_sdk_writes_it() {
        for (language, text, expected) in [
            (Language::Python, "c.invoke(FunctionName='a')", "Function Waits invoke"),
            (Language::Python, "c.start_execution(stateMachineArn=a)", "StateMachine Passes start_execution"),
            (Language::Ruby, "l.invoke function_name: 'a'", "Function Waits invoke"),
            (Language::JavaScript, "new InvokeCommand({FunctionName: 'a'})", "Function Waits InvokeCommand"),
            (Language::JavaScript, "l?.invokeAsync({FunctionName: 'a'})", "Function Passes invokeAsync"),
            (
                Language::JavaScript,
                "new StartSyncExecutionCommand({stateMachineArn: a})",
                "StateMachine Waits StartSyncExecutionCommand",
            ),
            (Language::Java, "l.invoke(it -> it.functionName(\"a\"))", "Function Waits invoke"),
            (Language::Java, "new InvokeRequest().withFunctionName(\"a\")", "Function Waits InvokeRequest"),
            (
                Language::CSharp,
                "InvokeRequest r = new() { FunctionName = \"a\" };",
                "Function Waits InvokeRequest",
            ),
            (Language::Go, "&lambda.InvokeInput{FunctionName: &name}", "Function Waits InvokeInput"),
            (
                Language::Rust,
                "c.start_sync_execution().state_machine_arn(a)",
                "StateMachine Waits start_sync_execution",
            ),
        ] {
            assert_eq!(asked(language, text), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_merely_called_so_is_no_request() {
        for (language, text) in [
            (Language::Python, "runner.invoke(cli, ['--help'])"),
            (Language::Python, "invoke(FunctionName='a')"),
            (Language::JavaScript, "chain.invoke({ input: 'a' })"),
            (Language::Java, "method.invoke(target, argument)"),
            (Language::Java, "import software.amazon.awssdk.InvokeRequest;"),
            (Language::Rust, "handler.invoke(event)"),
        ] {
            assert_eq!(asked(language, text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_request_is_read_where_its_parts_are_set() {
        for (language, text) in [
            (Language::Python, "p = {'FunctionName': 'a'}\np['InvocationType'] = 'Event'\nc.invoke(**p)"),
            (
                Language::JavaScript,
                "const p = {FunctionName: 'a'};\np.InvocationType = 'Event';\nl.send(new InvokeCommand(p));",
            ),
            (
                Language::Java,
                "InvokeRequest r = new InvokeRequest();\nr.setFunctionName(\"a\");\nr.setInvocationType(\"Event\");",
            ),
        ] {
            let found = asked(language, text);
            assert!(matches!(found.as_slice(), [one] if one.starts_with("Function Passes")), "{found:?}");
        }
    }

    #[test]
    fn a_payload_says_nothing_of_the_request() {
        let text = "c.invoke(FunctionName='a', Payload={'InvocationType': 'Event'})";
        assert_eq!(asked(Language::Python, text), ["Function Waits invoke"]);
    }

    #[test]
    fn a_program_with_too_many_requests_is_not_read_to_its_end() {
        let files = [Code::new("c.invoke(FunctionName='a')\n".repeat(MOST_TRIGGERS + 1), Language::Python)];
        let (found, are_all) = requests(&files, &Bindings::default(), &[]);
        assert_eq!((found.len(), are_all), (MOST_TRIGGERS, false));
    }
}
