//! The diagrams of an evaluation as SVG.

use crate::evaluate::{Bin, Scored};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use std::error::Error;
use std::ops::Range;

const SIZE: (u32, u32) = (360, 270);
const OWN: RGBColor = RGBColor(11, 98, 164);
const OTHER: RGBColor = RGBColor(200, 89, 10);
const NONE: RGBColor = RGBColor(154, 165, 177);
const INK: RGBColor = RGBColor(60, 72, 84);
const GRID: RGBColor = RGBColor(232, 236, 240);
/// Points of a curve: more cannot be seen, and a set may have a million rows.
const MOST_POINTS: usize = 400;
/// Bins of a histogram.
const BINS: usize = 25;

type Drawn = Result<(), Box<dyn Error>>;
type Plane<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Draws both models' ROC curves.
pub(super) fn roc(own: &Scored, other: Option<&Scored>) -> String {
    picture(|root| {
        let mut plane =
            plane(root, 0. ..1., 0. ..1., "negatives above the threshold", "positives above the threshold")?;
        plane.draw_series(LineSeries::new([(0., 0.), (1., 1.)], NONE))?;
        curves(&mut plane, own, other, Scored::roc)
    })
}

/// Draws both models' precision-recall curves, and the precision of no model.
pub(super) fn precision_recall(own: &Scored, other: Option<&Scored>) -> String {
    picture(|root| {
        let mut plane = plane(root, 0. ..1., 0. ..1., "recall", "precision")?;
        let share = own.positives() as f64 / own.rows().max(1) as f64;
        plane.draw_series(LineSeries::new([(0., share), (1., share)], NONE))?;
        curves(&mut plane, own, other, Scored::precision_recall)
    })
}

fn curves(
    plane: &mut Plane<'_, '_>,
    own: &Scored,
    other: Option<&Scored>,
    curve: fn(&Scored) -> Vec<(f64, f64)>,
) -> Drawn {
    if let Some(other) = other {
        plane.draw_series(LineSeries::new(thinned(curve(other)), OTHER.stroke_width(2)))?;
    }
    plane.draw_series(LineSeries::new(thinned(curve(own)), OWN.stroke_width(2)))?;
    Ok(())
}

/// Draws mean probability against the share of positives, bin by bin, with 95 % intervals of the shares.
pub(super) fn reliability(own: &[Bin], other: &[Bin]) -> String {
    let highest = own.iter().chain(other).map(|bin| bin.mean.max(wilson(bin).1)).fold(0.02, f64::max);
    // Where positives are rare all bins lie in the corner: the axes end where the bins do.
    let end = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8].into_iter().find(|end| highest <= *end).unwrap_or(1.);
    picture(|root| {
        let mut plane = plane(root, 0. ..end, 0. ..end, "mean probability", "share of positives")?;
        plane.draw_series(LineSeries::new([(0., 0.), (end, end)], NONE))?;
        for (bins, colour) in [(other, OTHER), (own, OWN)] {
            let bar = |bin: &Bin| {
                let (low, high) = wilson(bin);
                PathElement::new([(bin.mean, low), (bin.mean, high)], colour.mix(0.5).stroke_width(2))
            };
            plane.draw_series(bins.iter().map(bar))?;
            plane.draw_series(LineSeries::new(bins.iter().map(|bin| (bin.mean, bin.share)), colour.mix(0.5)))?;
            plane.draw_series(bins.iter().map(|bin| Circle::new((bin.mean, bin.share), 4, colour.filled())))?;
        }
        Ok(())
    })
}

/// Draws how the scores of negatives and of positives are spread, each as shares of its class.
pub(super) fn histogram(own: &Scored, threshold: Option<f64>) -> String {
    let counts = own.histogram(BINS);
    let (positives, rows) = (own.positives(), own.rows());
    let share = |count: usize, of: usize| count as f64 / of.max(1) as f64;
    let bars: Vec<(f64, f64)> =
        counts.iter().map(|(no, yes)| (share(*no, rows - positives), share(*yes, positives))).collect();
    let highest = bars.iter().map(|(no, yes)| no.max(*yes)).fold(0.01, f64::max);
    picture(|root| {
        let mut plane = plane(root, 0. ..1., 0. ..highest * 1.05, "score", "share of the class")?;
        let width = 1. / BINS as f64;
        for (part, colour) in [(0., NONE), (0.5, OWN)] {
            let bar = |(at, (no, yes)): (usize, &(f64, f64))| {
                let from = (at as f64 + part) * width;
                let height = if part == 0. { *no } else { *yes };
                Rectangle::new([(from + 0.06 * width, 0.), (from + 0.46 * width, height)], colour.filled())
            };
            plane.draw_series(bars.iter().enumerate().map(bar))?;
        }
        if let Some(threshold) = threshold {
            plane.draw_series(LineSeries::new([(threshold, 0.), (threshold, highest * 1.05)], INK.stroke_width(1)))?;
        }
        Ok(())
    })
}

fn picture(draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, Shift>) -> Drawn) -> String {
    let mut svg = String::new();
    let drawn = {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        draw(&root).and_then(|()| Ok(root.present()?))
    };
    // Nothing but memory is written to; a diagram that cannot be drawn is left out.
    if drawn.is_ok() { svg } else { String::new() }
}

fn plane<'a, 'b>(
    root: &'a DrawingArea<SVGBackend<'b>, Shift>,
    across: Range<f64>,
    up: Range<f64>,
    across_name: &str,
    up_name: &str,
) -> Result<Plane<'a, 'b>, Box<dyn Error>> {
    let mut chart = ChartBuilder::on(root)
        .margin(8)
        .margin_right(16)
        .x_label_area_size(40)
        .y_label_area_size(52)
        .build_cartesian_2d(across.clone(), up.clone())?;
    let text = ("sans-serif", 13).into_font().color(&INK);
    chart
        .configure_mesh()
        .x_labels(6)
        .y_labels(6)
        .x_label_formatter(&|value| tick(*value, &across))
        .y_label_formatter(&|value| tick(*value, &up))
        .x_desc(across_name)
        .y_desc(up_name)
        .axis_desc_style(text.clone())
        .label_style(text)
        .axis_style(INK)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .draw()?;
    Ok(chart)
}

fn tick(value: f64, range: &Range<f64>) -> String {
    if range.end - range.start < 0.6 { format!("{value:.2}") } else { format!("{value:.1}") }
}

/// Keeps the points of a curve that can be told apart, and its ends.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let step = points.len().div_ceil(MOST_POINTS).max(1);
    let last = points.len().saturating_sub(1);
    points.into_iter().enumerate().filter(|(at, _)| at % step == 0 || *at == last).map(|(_, point)| point).collect()
}

/// The 95 % interval of a share (Wilson 1927).
fn wilson(bin: &Bin) -> (f64, f64) {
    let (rows, z) = (bin.rows.max(1) as f64, 1.96);
    let centre = bin.share + z * z / (2. * rows);
    let spread = z * (bin.share * (1. - bin.share) / rows + z * z / (4. * rows * rows)).sqrt();
    let scale = 1. + z * z / rows;
    (((centre - spread) / scale).max(0.), ((centre + spread) / scale).min(1.))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_diagram_is_one_picture() {
        let scored = Scored::new(&[0.9, 0.7, 0.3, 0.1], &[true, false, true, false]);
        let bins = [Bin { rows: 2, mean: 0.02, share: 0. }, Bin { rows: 2, mean: 0.8, share: 0.5 }];
        for svg in [
            roc(&scored, Some(&scored)),
            precision_recall(&scored, None),
            reliability(&bins, &bins),
            histogram(&scored, Some(0.5)),
        ] {
            assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>") && !svg.contains("NaN"), "{svg}");
        }
    }

    #[test]
    fn nothing_to_draw_is_no_fault() {
        let none = Scored::new(&[], &[]);
        assert!(roc(&none, None).contains("</svg>") && histogram(&none, None).contains("</svg>"));
        assert!(reliability(&[], &[]).contains("</svg>"));
    }

    #[test]
    fn long_curves_are_thinned_and_keep_their_ends() {
        let points: Vec<(f64, f64)> = (0..=10_000).map(|at| (f64::from(at), 0.)).collect();
        let kept = thinned(points);
        assert!(kept.len() <= MOST_POINTS + 1);
        assert_eq!((kept[0].0, kept.last().unwrap().0), (0., 10_000.));
    }

    #[test]
    fn the_interval_of_a_share_is_wilsons() {
        let (low, high) = wilson(&Bin { rows: 10, mean: 0., share: 0. });
        assert_eq!(low, 0.);
        approx::assert_abs_diff_eq!(high, 0.2775, epsilon = 1e-3);
    }
}
