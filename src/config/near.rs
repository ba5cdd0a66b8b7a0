//! Which word was meant by one with a slip in it.

/// The known word that takes the fewest changes of a letter to come from `word`.
pub(super) fn nearest(word: &str, known: &[&'static str]) -> &'static str {
    known.iter().copied().min_by_key(|candidate| distance(word, candidate)).unwrap_or_default()
}

/// How many letters have to be added, dropped, changed or swapped with their neighbour.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    // A key has no use for more letters; the bound keeps the work small.
    for (row, letter) in a.chars().take(100).enumerate() {
        let mut line = vec![row + 1];
        for (at, other) in b.iter().enumerate() {
            let get = |line: &[usize], at: usize| line.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = (get(&last, at) + usize::from(letter != *other))
                .min(get(&last, at + 1) + 1)
                .min(get(&line, at) + 1);
            let swapped = at > 0 && previous == Some(*other) && b.get(at - 1) == Some(&letter);
            if swapped {
                best = best.min(get(&before_last, at - 1) + 1);
            }
            line.push(best);
        }
        previous = Some(letter);
        before_last = std::mem::replace(&mut last, line);
    }
    last.last().copied().unwrap_or_default()
}
