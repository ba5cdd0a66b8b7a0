//! Numbers that follow from a seed.

use crate::pce::mixed;

pub struct Dice(u64);

impl Dice {
    /// Those of one world.
    pub fn new(seed: u64, world: u64) -> Self {
        Self(mixed(seed ^ mixed(world)))
    }

    /// 0 to one less than `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(1);
        mixed(self.0) % sides
    }

    pub fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    pub fn among<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len() as u64) as usize].clone()
    }
}
