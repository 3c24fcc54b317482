//! What the documentation claims: its snippets parse, its sample page is a rule, its tables name every fact,
//! its numbers and links are right.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use lenslint::discover::TEMPLATES;
use lenslint::facts;
use lenslint::finding::Confidence;
use lenslint::guard::{Dialect, Rules};
use lenslint::lint::{Input, Linter, run_example};
use lenslint::rule::{Catalogue, Example, GuardFile, Page, Profile, Scope, Selection};
use lenslint::source::ColumnUnit;
use serde_json::Value;

use crate::{cli, lenslint};

const RULE_LANGUAGE: &str = "docs/rule-language.md";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The blocks that a fence of these backticks opens with this word, in order.
fn blocks(text: &str, fence: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        match &mut open {
            Some(_) if line == fence => found.extend(open.take()),
            Some(block) => *block += &format!("{line}\n"),
            None if line.strip_prefix(fence) == Some(language) => open = Some(String::new()),
            None => {}
        }
    }
    found
}

#[test]
fn every_snippet_of_the_rule_language_parses() {
    let snippets = blocks(&read(RULE_LANGUAGE), "```", "guard");
    assert!(snippets.len() > 5, "{} snippets", snippets.len());
    for snippet in snippets {
        let dialect = if is_plain(&snippet) { Dialect::Guard } else { Dialect::Page };
        if let Err(error) = Rules::parse(&snippet, dialect) {
            panic!("{error}\n{snippet}");
        }
    }
}

/// A worked rule is a heading with a `guard` block and templates: those with `# fires` in them fail.
#[test]
fn the_worked_rules_fire_where_their_templates_say() {
    let language = read(RULE_LANGUAGE);
    let section =
        language.split("\n## Five rules explained\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rules: Vec<&str> = section.split("\n### ").skip(1).collect();
    assert_eq!(rules.len(), 5);
    for rule in rules {
        let logic = blocks(rule, "```", "guard").concat();
        let catalogue = Catalogue { pages: worked(&logic) };
        let (mut fires, mut passes) = (0, 0);
        for template in blocks(rule, "```", "yaml") {
            let marked = (1..).zip(template.lines()).filter(|(_, line)| line.ends_with("# fires"));
            let lines: Vec<u32> = marked.map(|(number, _)| number).collect();
            *(if lines.is_empty() { &mut passes } else { &mut fires }) += 1;
            let example = Example { text: template, is_json: false, fires: lines, line: 1 };
            let result = run_example(&catalogue, &catalogue.pages[0], &example);
            assert!(result.is_as_marked(&example), "{result:?}\n{logic}\n{}", example.text);
        }
        assert_eq!((fires, passes), (1, 1), "{logic}");
    }
}

/// Whether a snippet is of a plain file: those shown have an id in a comment.
fn is_plain(snippet: &str) -> bool {
    snippet.contains("#@ id:")
}

fn worked(logic: &str) -> Vec<Page> {
    if is_plain(logic) {
        return GuardFile::read("worked.guard", logic).unwrap().pages();
    }
    let page = format!(
        "---\nseverity: warning\n---\n# Worked\n\nWhy.\n\n## Rule\n\n```guard\n{logic}```\n\n## Fix\n\nMend it.\n"
    );
    vec![Page::read("docs", "DOC001-worked", &page).unwrap()]
}

#[test]
fn the_test_file_that_is_shown_passes_and_its_difference_is_what_is_printed() {
    let language = read(RULE_LANGUAGE);
    let plain = language.split("\n### A plain file about resources\n").nth(1).unwrap();
    let testing = language.split("\n## Testing rules\n").nth(1).unwrap();
    let (rules, test) = (blocks(plain, "```", "guard").remove(0), blocks(testing, "```", "yaml").remove(0));
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("tests")).unwrap();
    fs::write(folder.path().join("functions.guard"), rules).unwrap();
    let printed = |test: &str| {
        fs::write(folder.path().join("tests/functions.yaml"), test).unwrap();
        let output = lenslint(&["test"]).current_dir(folder.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(printed(&test), "2 tests: 2 passed.\n");
    let shown = blocks(testing, "```", "text").remove(0);
    assert_eq!(printed(&test.replace("FAIL", "PASS")), shown);
}

#[test]
fn the_sample_page_for_contributors_is_a_rule() {
    let pages = blocks(&read("CONTRIBUTING.md"), "````", "markdown");
    let page = Page::read("queues", "SLP999-sample", &pages[0]).unwrap();
    if let Some(Err(error)) = page.rules() {
        panic!("{error}");
    }
    let examples = page.examples().clone();
    assert!(examples.iter().any(|example| example.fires.is_empty()), "no example passes");
    assert!(examples.iter().any(|example| !example.fires.is_empty()), "no example fails");

    let catalogue = Catalogue { pages: vec![page] };
    let everything =
        Selection { profile: Profile::Pedantic, select: Vec::new(), extend: Vec::new(), ignore: Vec::new() };
    let linter = Linter::new(&catalogue, everything, Confidence::Low);
    for example in &examples {
        let input =
            Input { path: "template.yaml", on_disk: None, bytes: example.text.as_bytes(), given: None };
        let checked = linter.check(&input).unwrap();
        let line = |at: u32| checked.sources[0].position(at, ColumnUnit::CodePoints).line;
        let fired: Vec<u32> =
            checked.findings.iter().map(|finding| line(finding.primary.location.span.start)).collect();
        assert_eq!(fired, example.fires, "{}", example.text);
    }
}

#[test]
fn the_index_of_the_rules_is_what_the_program_prints() {
    let printed = lenslint(&["rules", "--output", "markdown"]).output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert_eq!(read("rules/README.md"), printed, "run: lenslint rules --output markdown > rules/README.md");
}

/// What `.ci/precision` makes of it with the templates at hand; here are only the page and the rules.
#[test]
fn every_rule_is_read_on_real_templates_and_keeps_to_the_laws_of_precision() {
    let page = read("docs/precision.md");
    let (head, sections) = page.split_once("\n## ").unwrap();
    let sections: Vec<&str> = sections.split("\n## ").collect();
    let rows: Vec<Vec<&str>> = head
        .lines()
        .filter(|line| line.starts_with("| [SLP"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let mut broken = Vec::new();
    let embedded = Catalogue::built_in();
    let pages: Vec<&Page> = embedded.pages.iter().filter(|page| page.scope != Scope::Tool).collect();
    assert_eq!((rows.len(), sections.len()), (pages.len(), pages.len()), "run: .ci/precision");
    for ((page, row), section) in pages.into_iter().zip(&rows).zip(&sections) {
        let [link, severity, profile, applicable, fired, info, _, read, verdicts @ ..] = row.as_slice()
        else {
            panic!("{row:?}");
        };
        let number = |text: &str| text.parse::<usize>().unwrap();
        let id = &page.id;
        let mut must = |holds: bool, law: &str| {
            if !holds {
                broken.push(format!("{id}: {law}"));
            }
        };
        must(link.starts_with(&format!("[{id}]")), "has another row");
        must(section.starts_with(&format!("{id} {}\n", page.slug)), "has another section");
        must(*severity == page.severity.as_str(), "has another severity");
        must(*profile == page.profile.as_str(), "has another profile");
        must(!section.contains("``"), "says nowhere what it applies to");
        must(!section.contains("\n- unread "), "has hits that are not read");
        must(!section.contains("** \n") && !section.contains("**\n"), "has readings that are no longer so");

        let told = |verdict: &str| {
            let lines = section.lines().filter(|line| line.starts_with(&format!("- {verdict} `")));
            let place =
                |line: &str| line.split('`').nth(1).unwrap().rsplit(':').next().unwrap().split(',').count();
            lines.map(place).sum::<usize>()
        };
        let counted = ["right", "arguable", "wrong"].map(told);
        must(verdicts.iter().map(|text| number(text)).eq(counted), "has other numbers of readings");
        must(number(read) == counted.iter().sum::<usize>(), "has another number of readings");
        must(number(read) >= number(fired).min(20), "has hits that are not read");
        must(number(fired) > 0 || section.matches("\n- own ").count() >= 3, "is read nowhere");
        if page.profile == Profile::Default {
            must(counted[2] <= number(read) / 20, "is wrong too often");
            // Of a rule that says a thing once for a template, both numbers are of templates but where it speaks twice.
            let (loud, applicable) = (number(fired) - number(info), number(applicable));
            must(applicable < 5 || loud * 10 <= applicable * 6, "fires on too much of what it applies to");
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_list_of_facts_is_that_of_the_table() {
    let path = root().join("docs/facts.md");
    let expected = facts_page();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let page = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(page, expected, "run: UPDATE_DOCS=1 cargo test --test suite list_of_facts");
}

fn facts_page() -> String {
    let checked = facts::checked();
    let mut page = format!(
        "# Facts

The numbers of AWS that rules rest on. Unless a row says otherwise, all were checked on {checked}.

A rule page names those that it rests on under `facts`, and `lenslint explain ID` prints them. In the logic of a rule they
stand in [`Graph.Limits`](rule-language.md#graphlimits), and `[limits]` of a [configuration](configuration.md#limits)
takes the quotas among them that an account can have raised.

| fact | value | what it is | source |
| --- | --- | --- | --- |
"
    );
    for fact in facts::all() {
        let raisable = if fact.is_raisable { "; a quota that can be raised" } else { "" };
        let day = if fact.checked == checked { String::new() } else { format!(", {}", fact.checked) };
        page += &format!(
            "| `{}` | {} {} | {}{raisable} | {}{day} |\n",
            fact.name, fact.value, fact.unit, fact.about, fact.source
        );
    }
    page += &format!(
        "
## Runtimes

The dates of Lambda's runtimes ({}). [SLP307](../rules/capacity/SLP307-lambda-runtime-lifecycle.md) holds functions
against them, as of the day that `--as-of` names and without it as of {checked}.

| runtime | deprecated | creation blocked | updates blocked |
| --- | --- | --- | --- |
",
        facts::RUNTIMES_SOURCE
    );
    for runtime in facts::runtimes() {
        let facts::Runtime { id, deprecated, blocks_create, blocks_update, .. } = runtime;
        page += &format!("| `{id}` | {deprecated} | {blocks_create} | {blocks_update} |\n");
    }
    page
}

/// Every key of every vertex, edge, path and machine that the fixtures and the pages' examples lead to stands in
/// the section of its kind.
#[test]
fn every_fact_is_documented_with_its_kind() {
    let page = read(RULE_LANGUAGE);
    let mut missing = BTreeSet::new();
    let mut check = |section: &str, shared: &str, facts: &Value| {
        for key in facts.as_object().into_iter().flat_map(|facts| facts.keys()) {
            let is_named = |heading: &str| {
                section_of(&page, heading).is_some_and(|text| text.contains(&format!("`{key}`")))
            };
            if !is_named(section) && !is_named(shared) {
                missing.insert(format!("{section}: {key}"));
            }
        }
    };
    let graphs = graphs();
    for graph in &graphs {
        for vertex in members(&graph["Nodes"]) {
            let kind = vertex["Kind"].as_str().unwrap();
            check(&format!("### `{kind}`"), "## `Graph.Nodes`", vertex);
        }
        for edge in members(&graph["Edges"]) {
            let kind = edge["Kind"].as_str().unwrap();
            check("## `Graph.Edges`", "## `Graph.Edges`", edge);
            check(&format!("### `{kind}`"), "## `Graph.Edges`", &edge["Settings"]);
        }
        for runtime in members(&graph["Runtimes"]) {
            check("## `Graph.Runtimes`", "## `Graph.Runtimes`", runtime);
        }
        for path in members(&graph["SyncPaths"]) {
            check("## `Graph.SyncPaths`", "## `Graph.SyncPaths`", path);
        }
        for machine in members(&graph["StateMachines"]) {
            check("## `Graph.StateMachines`", "### `state-machine`", machine);
            for state in members(&machine["States"]) {
                check("## `Graph.StateMachines`", "## `Graph.StateMachines`", state);
            }
        }
    }
    assert!(graphs.len() > 50, "{} graphs", graphs.len());
    assert!(missing.is_empty(), "{RULE_LANGUAGE} does not name: {missing:#?}");
}

/// From a heading to the next one, of whatever level.
fn section_of<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let (_, rest) = page.split_once(&format!("\n{heading}\n"))?;
    Some(rest.split("\n#").next().unwrap_or(rest))
}

/// The members of a list or a map. What exists under a condition stands in `Fn::If`, its first branch.
fn members(collection: &Value) -> Vec<&Value> {
    let plain = |value: &'_ Value| -> bool { value.get("Fn::If").is_none() };
    let all: Vec<&Value> = match collection {
        Value::Array(items) => items.iter().collect(),
        Value::Object(entries) => entries.values().collect(),
        _ => Vec::new(),
    };
    all.into_iter().map(|value| if plain(value) { value } else { &value["Fn::If"][1] }).collect()
}

/// The graphs of all templates of `fixtures/` and of all examples of the rule pages.
fn graphs() -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let examples = folder.path().join("examples");
    let out = folder.path().join("graphs");
    fs::create_dir_all(&examples).unwrap();
    for page in Catalogue::built_in().pages.iter().filter(|page| page.scope != Scope::Tool) {
        for example in &page.examples() {
            let extension = if example.is_json { "json" } else { "yaml" };
            let name = format!("{}-{}.{extension}", page.id, example.line);
            fs::write(examples.join(name), &example.text).unwrap();
        }
    }
    let mut command = lenslint(&["expand", "--graph", "--out-dir"]);
    // Some fixtures do not parse, and say so: the others are written all the same.
    command.arg(&out).arg(&examples).arg(root().join("fixtures")).output().unwrap();
    let mut graphs = Vec::new();
    read_graphs(&out, &mut graphs);
    graphs
}

fn read_graphs(folder: &Path, graphs: &mut Vec<Value>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_graphs(&path, graphs);
        } else {
            let document: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            graphs.push(document["Graph"].clone());
        }
    }
}

#[test]
fn the_readme_says_how_many_findings_its_first_command_prints() {
    let findings = read("fixtures/shop/expected.txt").lines().count();
    let sentence = format!("It finds {findings} things wrong with it");
    assert!(read("README.md").contains(&sentence), "README.md does not say: {sentence}");
}

#[test]
fn every_key_of_a_configuration_is_described_and_its_example_is_right() {
    let page = read("docs/configuration.md");
    let printed = lenslint(&["config", "schema"]).output().unwrap();
    let schema: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let known: BTreeSet<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
    let headings = page.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'));
    assert_eq!(headings.map(str::to_owned).collect::<BTreeSet<_>>(), known);

    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("here/our-rules")).unwrap();
    fs::write(folder.path().join("base.toml"), "").unwrap();
    fs::write(folder.path().join("here/prod.json"), "[]").unwrap();
    fs::write(folder.path().join("here/samconfig.toml"), "[prod.deploy.parameters]\n").unwrap();
    let rule = "#@ id: ACME1\nrule ours { Resources exists }\n";
    fs::write(folder.path().join("here/our-rules/ours.guard"), rule).unwrap();
    let template = "Resources: {Topic: {Type: AWS::SNS::Topic}}\n";
    fs::write(folder.path().join("here/template.yaml"), template).unwrap();
    for key in &known {
        let section = section_of(&page, &format!("### `{key}`")).unwrap();
        assert!(section.contains("\nType: ") && section.contains(" Default: "), "{key}");
        let example = blocks(section, "```", "toml").concat();
        assert!(example.contains(key.as_str()), "{key} has no example");
    }
    for example in blocks(&page, "```", "toml") {
        assert_eq!(cli::config::breaks(&example), [""; 0], "{example}");
        fs::write(folder.path().join("here/lenslint.toml"), &example).unwrap();
        let output =
            lenslint(&["check", "template.yaml"]).current_dir(folder.path().join("here")).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty(), "{example}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The commands of a page's snippets, whatever runs them there.
fn commands(page: &str) -> Vec<(String, Vec<String>)> {
    let snippets = ["yaml", "groovy"].map(|language| blocks(page, "```", language)).concat();
    let of = |snippet: &String| -> Vec<(String, Vec<String>)> {
        let starts = snippet.match_indices("lenslint check ");
        let lines = starts.map(|(at, _)| snippet[at..].lines().next().unwrap().trim_end_matches('\''));
        let words = lines.map(|line| line.split(' ').skip(1).map(str::to_owned).collect());
        words.map(|words| (snippet.clone(), words)).collect()
    };
    snippets.iter().flat_map(of).collect()
}

#[test]
fn what_hooks_and_ci_run_does_what_the_rest_of_their_snippet_takes_up() {
    let all = [commands(&read("docs/ci.md")), commands(&read("README.md"))].concat();
    assert!(all.len() > 5, "{all:?}");
    for (fixture, code) in [("shop", 1), ("shop-mended", 0)] {
        let folder = tempfile::tempdir().unwrap();
        let template = format!("fixtures/{fixture}/template.yaml");
        fs::copy(root().join(template), folder.path().join("template.yaml")).unwrap();
        for (snippet, words) in &all {
            let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
            let output = lenslint(&arguments).current_dir(folder.path()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{words:?}\n{said}");
            for (_, file) in words.iter().filter_map(|word| word.split_once('=')) {
                assert!(folder.path().join(file).is_file(), "{words:?} writes no {file}");
                assert!(snippet.matches(file).count() > 1, "nothing takes up {file}:\n{snippet}");
            }
        }
    }
}

#[test]
fn every_hook_is_run_alike_and_is_passed_whatever_may_be_a_template() {
    let manifest = read(".pre-commit-hooks.yaml");
    let hooks: Vec<&str> = manifest.split("\n- id: ").skip(1).collect();
    assert_eq!(hooks.len(), 3);
    let shown = |page: &str| -> Vec<String> {
        let local = |block: &String| block.contains("- repo: local");
        blocks(&read(page), "```", "yaml").into_iter().filter(local).collect()
    };
    let shown = [shown("docs/ci.md"), shown("README.md")].concat();
    assert_eq!(shown.len(), 2);
    let about = |hook: &str, key: &str| {
        let found = hook.lines().find_map(|line| line.trim_start().strip_prefix(key).map(str::to_owned));
        found.unwrap_or_else(|| panic!("no {key} in {hook}"))
    };
    for hook in hooks.iter().copied().chain(shown.iter().map(String::as_str)) {
        for key in ["entry: ", "types: ", "files: ", "require_serial: "] {
            assert_eq!(about(hook, key), about(hooks[0], key), "{hook}");
        }
    }
    let files = about(hooks[0], "files: ");
    let extensions = files.strip_prefix(r"\.(").unwrap().strip_suffix(")$").unwrap();
    let extensions: BTreeSet<String> =
        extensions.replace("ya?ml", "yaml|yml").split('|').map(str::to_owned).collect();
    assert_eq!(extensions, TEMPLATES.iter().map(|known| (*known).to_owned()).collect());
}

#[test]
fn every_release_that_is_named_is_this_one() {
    let page = read("docs/ci.md");
    for before in ["lenslint==", "rev: v", "lenslint@v"] {
        let named: BTreeSet<&str> = page
            .split(before)
            .skip(1)
            .map(|rest| rest.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap())
            .filter(|version| !version.is_empty())
            .collect();
        assert_eq!(named, BTreeSet::from([env!("CARGO_PKG_VERSION")]), "{before}");
    }
}

#[test]
fn every_input_of_the_action_is_described() {
    let action = read("action.yml");
    let inputs = action.split("\ninputs:\n").nth(1).unwrap().split("\noutputs:\n").next().unwrap();
    let names = inputs.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    let names: BTreeSet<String> = names.filter(|name| !name.starts_with(' ')).map(str::to_owned).collect();
    let page = read("docs/ci.md");
    let section = page.split("| input | |\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let described = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    assert_eq!(described.map(str::to_owned).collect::<BTreeSet<_>>(), names);
}

/// Who raises the version must be able to read what will be new.
#[test]
fn every_rule_is_in_the_changelog_below_the_release_that_it_came_in() {
    let changelog = read("CHANGELOG.md");
    for page in &Catalogue::built_in().pages {
        let release = changelog.split(&format!("\n## [{}]", page.since)).nth(1);
        let release = release.and_then(|rest| rest.split("\n## [").next()).unwrap_or_default();
        assert!(release.contains(&page.id), "CHANGELOG.md does not name {} below {}", page.id, page.since);
    }
}

#[test]
fn every_relative_link_leads_to_a_file() {
    let mut pages = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned(), "rules/README.md".to_owned()];
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(format!("docs/{}", path.file_name().unwrap().to_str().unwrap()));
        }
    }
    let mut broken = Vec::new();
    for page in &pages {
        let folder = root().join(page).parent().unwrap().to_owned();
        for target in links(&read(page)) {
            let file = target.split('#').next().unwrap();
            if !file.is_empty() && !target.contains("://") && !folder.join(file).exists() {
                broken.push(format!("{page}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The targets of `[words](target)` and of `[name]: target`, outside of fenced blocks.
fn links(page: &str) -> Vec<String> {
    let mut targets = Vec::new();
    let mut is_fenced = false;
    for line in page.lines() {
        if line.starts_with("```") {
            is_fenced = !is_fenced;
        }
        if is_fenced {
            continue;
        }
        if let Some((_, target)) = line.split_once("]: ").filter(|_| line.starts_with('[')) {
            targets.push(target.to_owned());
        }
        for part in line.split("](").skip(1) {
            targets.extend(part.split_once(')').map(|(target, _)| target.to_owned()));
        }
    }
    targets
}

#[test]
fn the_output_that_the_readme_shows_is_what_is_printed() {
    let readme = read("README.md");
    let shown = readme.split("```console\n").nth(1).and_then(|rest| rest.split("```\n").next()).unwrap();
    let (command, expected) = shown.split_once('\n').unwrap();
    let arguments: Vec<&str> = command.strip_prefix("$ lenslint ").unwrap().split(' ').collect();
    let output = lenslint(&arguments).current_dir(root()).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}
