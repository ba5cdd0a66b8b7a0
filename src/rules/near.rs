//! Which word was meant by one with a slip in it.

/// The known word that takes the fewest changes of a letter to come from `word`.
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> &'k str {
    known.iter().copied().min_by_key(|candidate| distance(word, candidate)).unwrap_or_default()
}

/// The same, where one of them is so near that it may have been meant. A name of several
/// words by dots may be meant by its last ones.
pub fn meant<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let most = (word.chars().count() / 3).clamp(1, 5);
    let of = |name: &str| {
        let ends = name.match_indices('.').filter_map(|(at, _)| name.get(at + 1..));
        ends.chain([name]).map(|end| distance(word, end)).min().unwrap_or(usize::MAX)
    };
    let nearest = known.iter().copied().map(|name| (of(name), name)).min();
    nearest.filter(|(distance, _)| *distance <= most).map(|(_, name)| name)
}

/// How many letters have to be added, dropped, changed or swapped with their neighbour.
pub fn distance(a: &str, b: &str) -> usize {
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
