//! Which functions of a program are used, by the names that its handler's code mentions and those that theirs does.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::definition::{Definition, definitions, starts_line};
use super::expression::Code;
use super::{CallPlace, Language};

/// The functions of a program that its handler may come to.
pub(super) struct Reach<'c> {
    files: &'c [Code],
    definitions: Vec<Definition>,
    names: FxHashSet<String>,
}

/// Functions of one program that are told apart; in a larger one a name says less.
const MOST_DEFINITIONS: usize = 300;
/// Tokens of such a program.
const MOST_TOKENS: usize = 30_000;

impl<'c> Reach<'c> {
    /// What a handler comes to; nothing where its function is not found, or in a language whose functions are not told
    /// apart.
    pub(super) fn of(files: &'c [Code], handler: &str) -> Option<Self> {
        let words = |code: &Code, word: &str| (0..code.len()).filter(|at| code.word(*at) == word).count();
        let is_large = files.iter().map(Code::len).sum::<usize>() > MOST_TOKENS
            || files.iter().map(|code| words(code, "def")).sum::<usize>() > MOST_DEFINITIONS;
        if is_large || files.iter().all(|code| words(code, handler) == 0) {
            return None;
        }
        let mut definitions = Vec::new();
        for (file, code) in files.iter().enumerate() {
            definitions.extend(self::definitions(file, code)?);
        }
        let mut reach = Self { files, definitions, names: FxHashSet::default() };
        let is_found = reach.definitions.iter().any(|it| files[it.file].at(it.name) == handler);
        if !is_found || reach.definitions.len() > MOST_DEFINITIONS {
            return None;
        }
        reach.names.insert(handler.to_owned());
        for (file, code) in files.iter().enumerate() {
            reach.mention(file, 0..code.len(), true);
        }
        let mut passed = vec![false; reach.definitions.len()];
        while let Some(index) = (0..passed.len()).find(|index| !passed[*index] && reach.is_reached(*index)) {
            passed[index] = true;
            let Definition { file, body, .. } = &reach.definitions[index];
            reach.mention(*file, body.clone(), false);
        }
        Some(reach)
    }

    /// Whether a place is in the code that runs: of a used function, or of none. Where methods of libraries share the
    /// names of the program's own, and what is declared is mentioned by that, a name alone does not say that it does.
    pub(super) fn comes_to(&self, place: CallPlace) -> Option<bool> {
        let code = &self.files[place.file];
        let at = (0..code.len()).find(|at| code.token(*at).is_some_and(|token| token.span == place.span));
        let is_reached =
            at.and_then(|at| self.innermost(place.file, at)).is_none_or(|index| self.is_reached(index));
        match code.language {
            Language::Python | Language::JavaScript => Some(is_reached),
            Language::Java | Language::CSharp | Language::Go | Language::Ruby | Language::Rust => {
                (!is_reached).then_some(false)
            }
        }
    }

    fn is_reached(&self, index: usize) -> bool {
        let Definition { file, name, is_called, .. } = &self.definitions[index];
        *is_called || self.names.contains(self.files[*file].at(*name))
    }

    fn innermost(&self, file: usize, at: usize) -> Option<usize> {
        let around = self.definitions.iter().enumerate();
        let around = around.filter(|(_, it)| it.file == file && it.body.contains(&at));
        around.min_by_key(|(_, it)| it.body.len()).map(|(index, _)| index)
    }

    /// Adds the words of a part of a file, without those of the functions in it, of imports and of exports.
    fn mention(&mut self, file: usize, range: Range<usize>, is_top: bool) {
        let code = &self.files[file];
        let mut at = range.start;
        while at < range.end {
            let inner = self.definitions.iter().find(|it| {
                it.file == file && it.body.start == at && (is_top || it.body != range) && !it.body.is_empty()
            });
            if let Some(inner) = inner {
                at = inner.body.end;
                continue;
            }
            if let Some(end) = hand_over(code, at) {
                at = end.max(at + 1);
                continue;
            }
            let is_name = self.definitions.iter().any(|it| it.file == file && it.name == at);
            if code.is_word(at) && !is_name {
                self.names.insert(code.at(at).to_owned());
            }
            at += 1;
        }
    }
}

/// The end of an import or an export that starts at a token: what it names is not used by that.
fn hand_over(code: &Code, at: usize) -> Option<usize> {
    let is_start = at == 0 || starts_line(code, at);
    match (code.language, code.word(at)) {
        (Language::Python, "import" | "from") if is_start => {
            (at..code.len()).find(|end| *end > at && starts_line(code, *end)).or(Some(code.len()))
        }
        (Language::JavaScript, "import") if is_start && code.is(at + 1, "{") => Some(code.after(at + 1)),
        (Language::JavaScript, "export") if code.is(at + 1, "{") => Some(code.after(at + 1)),
        (Language::JavaScript, "exports") if code.is(at + 1, "=") && code.is(at + 2, "{") => {
            Some(code.after(at + 2))
        }
        (Language::JavaScript, "const" | "let" | "var") if code.is(at + 1, "{") => {
            let end = code.after(at + 1);
            (code.word(end + 1) == "require").then_some(end)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of the calls `invoke` in a file run.
    fn reached(language: Language, handler: &str, text: &str) -> Option<Vec<Option<bool>>> {
        let files = [Code::new(text.to_owned(), language)];
        let reach = Reach::of(&files, handler)?;
        let calls = (0..files[0].len()).filter(|at| files[0].word(*at) == "invoke");
        let places = calls.filter_map(|at| Some(CallPlace { file: 0, span: files[0].token(at)?.span }));
        Some(places.map(|place| reach.comes_to(place)).collect())
    }

    #[test]
    fn a_python_function_is_used_where_the_handler_comes_to_its_name() {
        let text = "from shared import later\n\ndef now(p):\n    c.invoke(p)\n\ndef later(p):\n    c.invoke(p)\n\n\
                    def step(p):\n    return now(p)\n\ndef handler(event, context):\n    step(event)\n";
        assert_eq!(reached(Language::Python, "handler", text), Some(vec![Some(true), Some(false)]));
        assert_eq!(reached(Language::Python, "main", text), None);
        let routed =
            "@app.post('/x')\ndef create():\n    c.invoke(p)\n\ndef handler(e, c):\n    return app(e)\n";
        assert_eq!(reached(Language::Python, "handler", routed), Some(vec![Some(true)]));
    }

    #[test]
    fn a_java_script_function_is_used_where_the_handler_comes_to_its_name() {
        let text = "const now = (p) => c.invoke(p);\nfunction later(p) { c.invoke(p); }\n\
                    class Api { send(p) { return c.invoke(p); } }\n\
                    module.exports = { now, later };\n\
                    exports.handler = async (event) => { if (event.x) { return new Api().send(event); } };\n";
        assert_eq!(
            reached(Language::JavaScript, "handler", text),
            Some(vec![Some(false), Some(false), Some(true)])
        );
    }

    /// Every function looks for the end of its body; none may read its whole line for every token of it.
    #[test]
    fn a_line_of_many_functions_is_read_in_time() {
        let functions = "def f(): a = 1; ".repeat(MOST_DEFINITIONS - 1);
        let text = format!("def handler(e, c): s = '{}'; c.invoke(p); {functions}", "x".repeat(1 << 20));
        assert_eq!(reached(Language::Python, "handler", &text), Some(vec![Some(true)]));
        let indented = "def handler(e, c):\r\n \t c.invoke(p)\r\n\r\ndef f(e):\r\n  c.invoke(p)\r\n";
        assert_eq!(reached(Language::Python, "handler", indented), Some(vec![Some(true), Some(false)]));
    }

    /// What is not come to is certainly not; the rest may be.
    const NOT: Option<bool> = Some(false);

    #[test]
    fn a_java_method_is_not_used_where_nothing_that_is_used_mentions_it() {
        let text = "public class Orders implements RequestHandler<Map<String, String>, String> {\n\
                      public String handleRequest(Map<String, String> in, Context c) { return step(in); }\n\
                      private String step(Map<String, String> in) throws IOException { return now(in); }\n\
                      private <T> String now(T in) { if (in == null) { return null; } return l.invoke(in); }\n\
                      private List<String> later(Object in) { l.invoke(in); return null; }\n\
                      public void run() { l.invoke(null); }\n\
                      @PostConstruct private void warm() { l.invoke(null); }\n\
                      private final Runnable task = new Runnable() { public void run() { l.invoke(null); } };\n\
                      static { l.invoke(null); }\n\
                    }\n\
                    class Plain { void other() { l.invoke(null); } }\n";
        assert_eq!(
            reached(Language::Java, "handleRequest", text),
            Some(vec![None, NOT, None, None, None, None, NOT])
        );
    }

    #[test]
    fn a_method_of_c_sharp_is_not_used_where_nothing_that_is_used_mentions_it() {
        let text = "namespace Shop;\npublic class Function : IFunction {\n\
                      public async Task<string> Handle(Order order) => await Now(order);\n\
                      private async Task<string> Now(Order order) { using (var x = Open()) { return await l.invoke(order); } }\n\
                      private static Task Later(Order order) => l.invoke(order);\n\
                      public override string ToString() { l.invoke(null); }\n\
                      public string Name { get { return l.invoke(null); } }\n\
                      [OnStart] private void Warm() { l.invoke(null); }\n\
                    }\n";
        assert_eq!(reached(Language::CSharp, "Handle", text), Some(vec![None, NOT, None, None, None]));
    }

    #[test]
    fn a_function_of_go_is_not_used_where_nothing_that_is_used_mentions_it() {
        let text = "package main\n\nfunc init() { l.invoke(nil) }\n\n\
                    func now(ctx context.Context, in interface{}) (interface{}, error) {\n\treturn l.invoke(in)\n}\n\n\
                    func later[T any](in T) map[string]struct{} {\n\tl.invoke(in)\n\treturn nil\n}\n\n\
                    func (s *Service) ServeHTTP(w http.ResponseWriter) { l.invoke(nil) }\n\n\
                    func (s *Service) quiet() error { return l.invoke(nil) }\n\n\
                    func main() {\n\tlambda.Start(func(ctx context.Context) error { return now(ctx, nil) })\n}\n";
        assert_eq!(reached(Language::Go, "main", text), Some(vec![None, None, NOT, None, NOT]));
    }

    #[test]
    fn a_function_of_rust_is_not_used_where_nothing_that_is_used_mentions_it() {
        let text = "async fn now<F: Fn(u8) -> u8>(f: F) -> Result<(), Error> where F: Send { l.invoke() }\n\
                    async fn later() -> Result<(), Error> { l.invoke() }\n\
                    impl Drop for Client { fn drop(&mut self) { l.invoke(); } }\n\
                    impl Client { fn quiet(&self) { l.invoke(); } }\n\
                    #[get(\"/x\")]\nfn routed() { l.invoke(); }\n\
                    #[tokio::main]\nasync fn main() -> Result<(), Error> { run(service_fn(|it| now(it))).await }\n";
        assert_eq!(reached(Language::Rust, "main", text), Some(vec![None, NOT, None, NOT, None]));
    }

    #[test]
    fn the_functions_of_ruby_are_not_told_apart() {
        assert_eq!(reached(Language::Ruby, "handler", "def handler(event:, context:)\nend"), None);
    }
}
