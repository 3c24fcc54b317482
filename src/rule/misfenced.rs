//! Fences of a page that are not those that its author meant: what stands behind them is no example.

/// A place at which the fences of a page are not those that its author meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfenced {
    /// The line, from 1.
    pub line: usize,
    /// What was expected there.
    pub message: String,
}

/// Where a block is not closed, and what is a template of `Fails` or `Passes` and stands in no block: nobody runs it, and
/// nobody would know. The lines are counted on from those above the text.
pub(super) fn misfenced(page: &str, above: usize) -> Vec<Misfenced> {
    let mut found = Vec::new();
    let mut tell = |line: usize, message: String| found.push(Misfenced { line, message });
    let (mut open, mut holds_examples) = (None, false);
    for (number, text) in (above + 1..).zip(page.lines()) {
        match (open, text.strip_prefix("```")) {
            (None, Some(_)) => open = Some(number),
            (Some(from), Some(info)) if !info.trim_matches(['`', ' ', '\t']).is_empty() => {
                let message = "expected a line ``` that closes the block of line";
                tell(number, format!("{message} {from} before another begins"));
                open = Some(number);
            }
            (Some(_), Some(_)) => open = None,
            (None, None) => match text.strip_prefix("## ") {
                Some(heading) => holds_examples = matches!(heading.trim(), "Fails" | "Passes"),
                None if holds_examples && begins_a_template(text) => tell(
                    number,
                    "expected a template in a block between a line ```yaml or ```json and a line ```: what stands \
                     outside of one is not run"
                        .to_owned(),
                ),
                None => {}
            },
            (Some(_), None) => {}
        }
    }
    if let Some(from) = open {
        tell(from, "expected a line ``` that closes this block".to_owned());
    }
    found
}

/// Whether a line is that of the section which every template has.
fn begins_a_template(line: &str) -> bool {
    let key = line.trim_start().trim_start_matches('{').trim_start();
    key.starts_with("Resources:") || key.starts_with("\"Resources\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_stands_in_no_block_is_found_and_so_is_a_block_that_is_not_closed() {
        let lines = |examples: &str| -> Vec<usize> {
            misfenced(&format!("## Fails\n{examples}"), 0).iter().map(|it| it.line).collect()
        };
        let [open, template, close] = ["```yaml\n", "Resources: {}\n", "```\n"];
        for (examples, found) in [
            (vec![open, template, close, "Another:\n", open, template, close], vec![]),
            // The fence that should close the first is the second's own.
            (vec![open, template, open, template, close], vec![4]),
            (vec![open, template, close, open, template], vec![5]),
            (vec![open, close, template], vec![4]),
            (vec!["  ```yaml\n", "  Resources: {}\n", "  ```\n"], vec![3]),
            (vec!["~~~json\n", "{\"Resources\": {}}\n", "~~~\n"], vec![3]),
            (vec!["````yaml\n", template, "````\n"], vec![]),
        ] {
            assert_eq!(lines(&examples.concat()), found, "{examples:?}");
        }
        assert_eq!(misfenced("Resources: those of AWS.\n## Fix\nResources: none.\n", 0), []);
    }
}
