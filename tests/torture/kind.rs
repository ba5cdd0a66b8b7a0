//! What kind of PCE a world has. Each burst is a flow of its own in one upload, so on
//! every kind its row shows all of it, and the books stay exact. Only two rows of one
//! name are left to other tests: where a poll falls between the two, what the second one
//! has is too few for an alert of its own.

use super::dice::Dice;
use crate::pce::{Counting, Cut, Lag, Pce, Vens};

/// Makes the PCE one of any kind; its name.
pub fn of_any_kind(pce: &Pce, dice: &mut Dice) -> String {
    let cuts = [Cut::Day(0), Cut::Day(8), Cut::Hour, Cut::Upload, Cut::Never];
    let counting = Counting {
        cut: dice.among(&cuts),
        jitter: dice.among(&[0, 0, 2]),
        clipped: dice.one_in(6),
        seed: dice.roll(1_000),
        ..Counting::default()
    };
    let counting =
        Counting { merged: matches!(counting.cut, Cut::Day(_)) && dice.one_in(4), ..counting };
    let matches = dice.among(&[1.0, 1.6]);
    let lags = [Lag::Fixed(60), Lag::InOrder(60, 540), Lag::OutOfOrder(60, 1_500)];
    let vens = Vens {
        period: dice.among(&[600, 589]),
        lag: dice.among(&lags),
        cut_off: None,
        seed: dice.roll(1_000),
    };
    let vens = dice.one_in(2).then_some(vens);
    let name = format!("{counting:?}, {vens:?}, {matches} matches a row");
    pce.counting(counting);
    pce.claim_matches_a_row(matches);
    if let Some(vens) = vens {
        pce.vens(vens);
    }
    name
}
