//! Two languages: which one is spoken when, that none of the sentences lies unused,
//! and that the Chinese is Taiwan's.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::pce::Fault;
use crate::world::World;

/// Mainland words, and what Taipei says.
const GLOSSARY: &[(&str, &str)] = &[
    ("默認", "預設"),
    ("缺省", "預設"),
    ("網絡", "網路"),
    ("信息", "資訊、訊息"),
    ("服務器", "伺服器"),
    ("程序", "程式、行程"),
    ("查找", "搜尋"),
    ("郵箱", "信箱"),
    ("登錄", "登入"),
    ("登陸", "登入"),
    ("軟件", "軟體"),
    ("硬件", "硬體"),
    ("文件夾", "資料夾"),
    ("數據", "資料"),
    ("用戶", "使用者"),
    ("端口", "連接埠"),
    ("配置", "設定"),
    ("設置", "設定"),
    ("支持", "支援"),
    ("鏈接", "連結"),
    ("打印", "列印"),
    ("屏幕", "螢幕"),
    ("光標", "游標"),
    ("鼠標", "滑鼠"),
    ("菜單", "選單"),
    ("刷新", "重新整理"),
    ("加載", "載入"),
    ("粘貼", "貼上"),
    ("剪切", "剪下"),
    ("質量", "品質"),
    ("字符", "字元"),
    ("字節", "位元組"),
    ("字段", "欄位"),
    ("數組", "陣列"),
    ("接口", "介面"),
    ("線程", "執行緒"),
    ("進程", "行程"),
    ("內存", "記憶體"),
    ("硬盤", "硬碟"),
    ("磁盤", "磁碟"),
    ("緩存", "快取"),
    ("隊列", "佇列"),
    ("域名", "網域名稱"),
    ("證書", "憑證"),
    ("握手", "交握"),
    ("異步", "非同步"),
    ("調用", "呼叫"),
    ("運行", "執行"),
    ("創建", "建立"),
    ("閾值", "門檻"),
    ("導出", "匯出"),
    ("命令行", "命令列"),
    ("互聯網", "網際網路"),
    ("主機名", "主機名稱"),
    ("正則表達式", "規則運算式"),
    ("文本", "文字"),
    ("賬號", "帳號"),
    ("賬戶", "帳戶"),
    ("升級包", "更新套件"),
    ("重啟動", "重新啟動"),
];

/// Where one of the words is right: the word, and what it stands in.
const ALLOWED: &[(&str, &[&str])] =
    &[("主機名", &["主機名稱"]), ("域名", &["網域名稱"]), ("用戶", &["用戶端"])];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files_ending(end: &str, folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_ending(end, &path));
        } else if path.extension().is_some_and(|is| is == end) {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_chinese_is_written_as_in_taipei() {
    let mut files = files_ending("rs", &root().join("src"));
    files.extend(files_ending("txt", &root().join("src")));
    assert!(files.iter().any(|file| file.ends_with("catalogue.txt")), "{files:?}");
    // Tests name the words themselves.
    files.retain(|file| !file.ends_with("tests.rs"));
    let documents = files_ending("md", &root().join("dist"));
    files.extend(documents.into_iter().filter(|file| file.to_string_lossy().contains("zh-TW")));
    files.extend([root().join("README.zh-TW.md"), root().join("dist/manual/keys.txt")]);
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.exists()) {
        let text = fs::read_to_string(file).unwrap();
        for (line, number) in text.lines().zip(1..) {
            for (word, right) in GLOSSARY {
                let allowed = ALLOWED.iter().find(|(known, _)| known == word);
                let bare = allowed.into_iter().flat_map(|(_, inside)| inside.iter());
                let bare = bare.fold(line.to_owned(), |line, inside| line.replace(inside, ""));
                if bare.contains(word) {
                    wrong.push(format!("{}:{number}: {word} → {right}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_sentence_is_used_somewhere() {
    let files = files_ending("rs", &root().join("src"));
    let texts: Vec<(PathBuf, String)> =
        files.into_iter().map(|file| (file.clone(), fs::read_to_string(file).unwrap())).collect();
    let lang = root().join("src/lang");
    let declares = |file: &PathBuf| file.starts_with(&lang) || file.ends_with("words.rs");
    let mut unused = Vec::new();
    let mut seen = 0;
    for (file, text) in texts.iter().filter(|(file, _)| declares(file)) {
        for name in sentences(text) {
            seen += 1;
            // Its declaration is one place; a use is another.
            let uses: usize = texts.iter().map(|(_, text)| words(text, name)).sum();
            let declared = texts.iter().filter(|(file, _)| declares(file));
            let declared: usize =
                declared.map(|(_, text)| sentences(text).filter(|one| *one == name).count()).sum();
            if uses <= declared {
                unused.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(seen > 300, "{seen} sentences were found");
    assert!(unused.is_empty(), "nobody uses\n{}", unused.join("\n"));
}

/// The names that `texts!` declares: `name(values) {`, followed by `en:`.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let next = lines.peek().copied().unwrap_or_default();
            let declares = line.contains("{ en: \"")
                || line.contains("{ one: \"")
                || line.ends_with('{') && next.trim_start().starts_with("en: \"");
            let name = line.trim_start().split('(').next().unwrap_or_default();
            if declares && line.starts_with("    ") && !name.is_empty() {
                return Some(name);
            }
        }
    })
}

/// How often a word stands in a text as a word of its own, outside of quotes' middle.
fn words(text: &str, word: &str) -> usize {
    text.match_indices(word)
        .filter(|(start, found)| {
            let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
            let before = text[..*start].chars().next_back();
            let after = text[start + found.len()..].chars().next();
            !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
        })
        .count()
}

#[test]
fn the_screen_speaks_what_is_asked_for_then_what_the_config_says_then_the_locale() {
    let said = |lang: Option<&str>, config: Option<&str>, environment: &[(&str, &str)]| {
        let mut world = World::new();
        world.edit(|file| {
            let settings = file["settings"].as_object_mut().unwrap();
            match config {
                Some(tag) => drop(settings.insert("language".into(), json!(tag))),
                None => drop(settings.remove("language")),
            }
        });
        for (name, value) in environment {
            world.environment(name, value);
        }
        let arguments: Vec<&str> = lang.into_iter().flat_map(|tag| ["--lang", tag]).collect();
        let run = world.run(&[&["status"][..], &arguments].concat());
        assert_eq!(run.code, 75, "{run:?}");
        if run.stdout.contains("尚未執行過") { "zh-TW" } else { "en" }
    };
    let taiwan = [("LANG", "zh_TW.UTF-8")];
    assert_eq!(said(None, None, &taiwan), "zh-TW");
    assert_eq!(said(None, None, &[("LANG", "de_DE.UTF-8")]), "en");
    assert_eq!(said(None, Some("en"), &taiwan), "en");
    assert_eq!(said(None, Some("zh-TW"), &[("LANG", "en_US.UTF-8")]), "zh-TW");
    assert_eq!(said(Some("en"), Some("zh-TW"), &taiwan), "en");
    assert_eq!(said(Some("zh-TW"), Some("en"), &[]), "zh-TW");
    // Where Chinese can't be shown it is shown only to who asks for it.
    for environment in [
        &[("LANG", "zh_TW.UTF-8"), ("TERM", "linux")][..],
        &[("LANG", "zh_TW.BIG5")],
        &[("LANG", "zh_TW")],
        &[("LANG", "C")],
        &[("LANG", "zh_TW.UTF-8"), ("LC_ALL", "C")],
    ] {
        assert_eq!(said(None, Some("zh-TW"), environment), "en", "{environment:?}");
        assert_eq!(said(Some("zh-TW"), None, environment), "zh-TW", "{environment:?}");
    }
}

#[test]
fn signs_are_ascii_where_the_locale_has_no_others() {
    let mut world = World::new();
    world.environment("LANG", "C");
    let run = world.run(&["check"]);
    assert!(run.stdout.is_ascii(), "{run:?}");
    assert!(run.stdout.lines().any(|line| line.starts_with("+ ")), "{run:?}");
    assert!(run.stdout.lines().any(|line| line.starts_with("x ")), "{run:?}");
}

#[test]
fn help_comes_in_the_language_of_the_locale() {
    let mut world = World::new();
    world.environment("LANG", "zh_TW.UTF-8");
    for arguments in [&["--help"][..], &["check", "--help"], &["--lang=zh-TW", "status", "-h"]] {
        let run = world.run(arguments);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
        assert!(run.stdout.starts_with("用法：illumio-monitor"), "{run:?}");
    }
    let run = world.run(&["fly"]);
    assert_eq!(run.code, 64);
    assert!(run.stderr.starts_with("無法辨識的參數：fly"), "{run:?}");
    for (arguments, said) in [
        (&["rules"][..], "缺少命令"),
        (&["rules", "set"], "缺少引數：ID"),
        (&["run", "--log", "x"], "選項 --log 的值「x」不正確"),
        (&["run", "--lang"], "選項 --lang 缺少值"),
    ] {
        let run = world.run(arguments);
        assert_eq!(run.code, 64, "{run:?}");
        assert!(run.stderr.starts_with(said), "{run:?}");
        let english = run.stderr.lines().next().unwrap().contains("following");
        assert!(!english, "{run:?}");
    }
    assert!(world.run(&["--help", "--lang", "en"]).stdout.starts_with("Usage: "));
}

#[test]
fn what_holds_is_said_to_each_reader_in_his_language_whatever_the_run_spoke() {
    let mut world = World::new();
    world.rule(json!({"type": "traffic", "pd": 2}));
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.fault(Fault::status(503).retry_after(0));
    assert_eq!(world.run_at("10:10").code, 75);

    let said = |world: &mut World, lang: &str| {
        let run = world.run(&["--lang", lang, "status", "--max-age", "1", "--json"]);
        let told: Value = serde_json::from_str(&run.stdout).unwrap();
        told["conditions"][0].as_str().unwrap().to_owned()
    };
    let (english, chinese) = (said(&mut world, "en"), said(&mut world, "zh-TW"));
    assert!(english.starts_with("The PCE") && chinese.contains("回應"), "{english}{chinese}");
    // The reminder's mail, too, is in the language of that day.
    world.set("settings.language", json!("zh-TW"));
    let lasts = world.run_at("14:10");
    let text: String = lasts.mail().text().split_whitespace().collect();
    let squeezed = |said: &str| said.split_whitespace().collect::<String>();
    assert!(text.contains(&squeezed(&chinese)), "{chinese}{text}");
    assert!(!text.contains(&squeezed(&english)), "{text}");
}
