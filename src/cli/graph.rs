//! `lenslint graph`: checks templates as `check` does, and draws what it has seen of them.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;

use crate::draw::{Drawing, Format};
use crate::finding::Checked;
use crate::graph::Graph as ResourceGraph;
use crate::lint::Input;
use crate::source::Source;
use crate::template::Resolver;
use crate::view::View;

use super::arguments::{Check, Color, Graph, GraphFormat, States};
use super::reads::Reads;
use super::run::Run;
use super::terminal::{tell, tell_all};
use super::{Ending, Trouble, output};

/// The option that names the file.
const OUTPUT: &str = "--output";

impl From<GraphFormat> for Format {
    fn from(format: GraphFormat) -> Self {
        match format {
            GraphFormat::Mermaid => Self::Mermaid,
            GraphFormat::Dot => Self::Dot,
            GraphFormat::Svg => Self::Svg,
            GraphFormat::Html => Self::Html,
            GraphFormat::Json => Self::Json,
        }
    }
}

pub(super) fn run(graph: Graph, color: Color, out: &mut dyn Write) -> Result<Ending, Trouble> {
    let check = Check {
        paths: graph.paths,
        terms: graph.terms,
        select: graph.select,
        merge: graph.merge,
        no_code: graph.no_code,
        stdin_filename: graph.stdin_filename,
        ..Check::default()
    };
    let (run, mut errors) = Run::of(&check, color)?;
    let written: Vec<_> = graph.output.iter().map(|file| (OUTPUT.to_owned(), file.clone())).collect();
    run.reads.spare(&written)?;
    let (drawings, checked, failed) = drawn(&run);
    Reads::sources(checked.iter()).spare(&written)?;
    errors.extend(failed);
    errors.extend(checked.iter().flat_map(|checked| checked.broken.iter().cloned()));
    let is_troubled = tell_all(&errors);
    run.tell_of_given(&checked, &errors);
    let Some(mut drawing) = joined(drawings, &checked, !graph.no_findings) else {
        if !is_troubled {
            tell("no template found that can be drawn");
        }
        return Ok(Ending::Trouble);
    };
    if !graph.all {
        drawing = drawing.without_bystanders();
    }
    if let Some(name) = &graph.around {
        drawing = drawing.around(name, graph.depth).map_err(|nearest| {
            let hint = crate::spelling::hint(nearest.as_deref());
            Trouble::Usage(format!("nothing that is drawn is called '{name}'{hint}"))
        })?;
    }
    let format = Format::from(graph.format);
    // Programs have use for all there is; people for what they can see.
    drawing = match (graph.states, format) {
        (States::None, _) => drawing.without_states(),
        (States::All, _) | (States::Auto, Format::Json) => drawing,
        (States::Auto, Format::Mermaid | Format::Dot | Format::Svg | Format::Html) => {
            drawing.with_few_states()
        }
    };
    if let Some(reason) = drawing.refused(format) {
        return Err(Trouble::Usage(reason));
    }
    match &graph.output {
        Some(file) => output::write_file(file, |out| drawing.write(format, out))?,
        None => drawing.write(format, out)?,
    }
    Ok(if is_troubled { Ending::Trouble } else { Ending::Clean })
}

/// The drawings of what was checked, by the path of the first file of each.
type Drawings = BTreeMap<String, Drawing>;

fn drawn(run: &Run<'_>) -> (Drawings, Vec<Checked>, Vec<crate::finding::RunError>) {
    let drawings = Mutex::new(Drawings::new());
    let onlooker = |input: &Input<'_>, resolver: Resolver<'_>, graph: &ResourceGraph, view: &View| {
        let drawing = Drawing::of(input.path, resolver, graph, view);
        drawings.lock().expect("no one fails while holding it").insert(input.path.to_owned(), drawing);
    };
    let (checked, failed) = run.checked(&run.linters_watched_by(&onlooker));
    let drawings = drawings.into_inner().expect("no one fails while holding it");
    (drawings, checked.into_iter().map(|(_, checked)| checked).collect(), failed)
}

/// Those of what was checked for itself, side by side, with what was found.
fn joined(mut drawings: Drawings, checked: &[Checked], with_findings: bool) -> Option<Drawing> {
    let drawn = checked.iter().filter_map(|checked| {
        let mut drawing = drawings.remove(checked.sources.first().map(Source::path)?)?;
        if with_findings {
            drawing.attach(checked);
        }
        Some(drawing)
    });
    drawn.reduce(Drawing::beside)
}
