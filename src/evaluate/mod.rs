//! How good scores are: measures with intervals, and a model held against labelled rows and against another model.

mod bootstrap;
mod calibration;
mod decisions;
mod gathered;
mod line;
mod measures;
mod operating;
mod slices;

pub use calibration::{Bin, CalibrationFigures, reliability};
pub use decisions::{AtThreshold, BestF1, Confusion};
pub use gathered::{Evaluation, Failure, Failures, Shown};
pub use line::{Against, Difference, Line, PolicyShares, Slice};
pub use measures::Scored;
pub use slices::Slicer;
