//! The little of Markdown that a rule page is made of: a title, sections, and fenced blocks.

/// A page taken apart; every part is a piece of the page's own text.
pub(super) struct Outline<'p> {
    /// The text of the first `# ` heading.
    pub title: &'p str,
    /// What stands between the title and the first section.
    pub lead: &'p str,
    /// The `## ` sections in order.
    pub sections: Vec<Section<'p>>,
}

/// A `## ` section.
#[derive(Clone, Copy)]
pub(super) struct Section<'p> {
    /// The heading's text.
    pub heading: &'p str,
    /// What follows, up to the next section.
    pub body: &'p str,
    /// The line of the page, from 0, on which the body begins.
    pub line: usize,
}

/// A fenced block.
pub(super) struct Fence<'p> {
    /// What follows the opening fence on its line: `json fires=4`.
    pub info: &'p str,
    /// The lines between the fences.
    pub text: &'p str,
    /// The first of those lines, counted from 0 in the text that was searched.
    pub line: usize,
}

impl<'p> Outline<'p> {
    /// Takes a page without its front matter apart. Headings inside of fenced blocks are text.
    pub(super) fn of(page: &'p str) -> Self {
        let mut outline = Self { title: "", lead: "", sections: Vec::new() };
        let mut open = Section { heading: "", body: "", line: 0 };
        let mut body_start = 0;
        for Line { number, start, end, text } in lines_outside_fences(page) {
            if let Some(title) = text.strip_prefix("# ").filter(|_| outline.title.is_empty()) {
                outline.title = title.trim();
                body_start = end;
            } else if let Some(heading) = text.strip_prefix("## ") {
                outline.close(open, &page[body_start..start]);
                open = Section { heading: heading.trim(), body: "", line: number + 1 };
                body_start = end;
            }
        }
        outline.close(open, &page[body_start..]);
        outline
    }

    fn close(&mut self, section: Section<'p>, body: &'p str) {
        if section.heading.is_empty() {
            self.lead = body.trim();
        } else {
            self.sections.push(Section { body: body.trim_end(), ..section });
        }
    }

    /// The title of a page, which need not be taken apart for that.
    pub(super) fn title_of(page: &'p str) -> &'p str {
        let title = lines_outside_fences(page).find_map(|line| line.text.strip_prefix("# "));
        title.map_or("", str::trim)
    }

    /// The body of a section.
    pub(super) fn section(&self, heading: &str) -> Option<&'p str> {
        self.sections.iter().find(|section| section.heading == heading).map(|section| section.body)
    }

    /// The `guard` block of the section `Rule`; its line is counted in the text that was taken apart.
    pub(super) fn logic(&self) -> Option<Fence<'p>> {
        let section = self.sections.iter().find(|section| section.heading == "Rule")?;
        let block = fences(section.body).into_iter().find(|block| block.info == "guard")?;
        Some(Fence { line: section.line + block.line, ..block })
    }
}

/// The front matter of a page, and the page below it.
#[derive(Clone, Copy)]
pub(super) struct Halves<'p> {
    /// What stands between the two lines of `---`.
    pub front: &'p str,
    /// From the first line below that says something to the end.
    pub body: &'p str,
    /// How many lines stand above the body.
    pub above: usize,
}

impl<'p> Halves<'p> {
    /// The halves of a file; `None` where it does not begin with front matter.
    pub(super) fn of(file: &'p str) -> Option<Self> {
        let rest = file.strip_prefix("---\n")?;
        let (front, body) = rest.split_once("\n---\n")?;
        let body = body.trim_start_matches('\n');
        Some(Self { front, body, above: file[..file.len() - body.len()].lines().count() })
    }
}

/// The fenced blocks of a text, in order. A block that is never closed ends with the text.
pub(super) fn fences(text: &str) -> Vec<Fence<'_>> {
    let mut found = Vec::new();
    let mut open: Option<(&str, usize, usize)> = None;
    for Line { number, start, end, text: line } in lines(text) {
        match (open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info.trim(), end, number + 1)),
            (Some((info, from, first)), Some(_)) => {
                found.push(Fence { info, text: &text[from..start], line: first });
                open = None;
            }
            (_, None) => {}
        }
    }
    if let Some((info, from, line)) = open {
        found.push(Fence { info, text: &text[from..], line });
    }
    found
}

struct Line<'p> {
    number: usize,
    start: usize,
    /// Past the line break.
    end: usize,
    text: &'p str,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split_inclusive('\n').enumerate().scan(0, |at, (number, line)| {
        let start = *at;
        *at += line.len();
        Some(Line { number, start, end: *at, text: line.trim_end_matches(['\n', '\r']) })
    })
}

fn lines_outside_fences(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut is_inside = false;
    lines(text).filter(move |line| {
        let is_fence = line.text.starts_with("```");
        is_inside ^= is_fence;
        !is_inside && !is_fence
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "# A title\n\nWhy it hurts.\n\n## Rule\n```guard\n## no heading\n```\n## Fix\nWrite it.\n";

    #[test]
    fn a_page_is_its_title_its_lead_and_its_sections() {
        let outline = Outline::of(PAGE);
        assert_eq!((outline.title, outline.lead), ("A title", "Why it hurts."));
        assert_eq!(outline.section("Fix"), Some("Write it."));
        assert_eq!(outline.sections.iter().map(|section| section.line).collect::<Vec<_>>(), [5, 9]);
    }

    #[test]
    fn a_fence_knows_its_info_and_its_first_line() {
        let found = fences("x\n```json fires=2\n{\n}\n```\n```\nopen");
        assert_eq!((found[0].info, found[0].text, found[0].line), ("json fires=2", "{\n}\n", 2));
        assert_eq!((found[1].info, found[1].text), ("", "open"));
    }
}
