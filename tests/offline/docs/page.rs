//! A page in Markdown: its links, headings, code and tables.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tincan_tests::root;

/// A page, and where it is.
pub struct Page {
    pub path: PathBuf,
    pub text: String,
}

/// A block of code.
pub struct Block {
    pub language: String,
    pub text: String,
}

/// Every page that people read.
pub fn all() -> Vec<Page> {
    let mut pages: Vec<_> =
        ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].into_iter().map(Page::read).collect();
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.extend(docs.map(|path| Page { text: fs::read_to_string(&path).unwrap(), path }));
    pages
}

impl Page {
    /// The page of this name, from the root of the repository.
    pub fn read(name: &str) -> Self {
        let path = root().join(name);
        Self { text: fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}")), path }
    }

    pub fn name(&self) -> String {
        self.path.strip_prefix(root()).unwrap_or(&self.path).display().to_string()
    }

    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(root())
    }

    /// The blocks of code, and the text without them.
    fn split(&self) -> (Vec<Block>, String) {
        let (mut blocks, mut prose, mut open) = (Vec::new(), String::new(), None::<Block>);
        for line in self.text.lines() {
            match (line.strip_prefix("```"), &mut open) {
                (Some(language), None) => {
                    open = Some(Block { language: language.to_owned(), text: String::new() });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (None, Some(block)) => block.text += &format!("{line}\n"),
                (None, None) => prose += &format!("{line}\n"),
            }
        }
        assert!(open.is_none(), "{}: a block of code has no end", self.name());
        (blocks, prose)
    }

    pub fn blocks(&self) -> Vec<Block> {
        self.split().0
    }

    pub fn blocks_of(&self, language: &str) -> Vec<String> {
        let blocks = self.blocks().into_iter().filter(|block| block.language == language);
        blocks.map(|block| block.text).collect()
    }

    /// What stands between backquotes, in one line each.
    pub fn code_spans(&self) -> Vec<String> {
        let prose = self.split().1;
        let spans = prose.split('`').skip(1).step_by(2);
        spans.map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    /// Where links and pictures point.
    pub fn links(&self) -> Vec<String> {
        let prose = self.split().1;
        let texts: String = prose.split('`').step_by(2).collect();
        let targets = texts.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        targets.map(str::to_owned).collect()
    }

    /// The anchors that GitHub makes of the headings.
    pub fn anchors(&self) -> Vec<String> {
        let prose = self.split().1;
        let headings = prose.lines().filter(|line| line.starts_with('#'));
        headings.map(|line| slug(line.trim_start_matches('#').trim())).collect()
    }

    /// The long options in the first column of tables, in order of their names.
    pub fn options_in_tables(&self) -> Vec<String> {
        let prose = self.split().1;
        let cells = prose.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
        let spans = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
        let options = spans.filter(|span| span.starts_with("--"));
        let mut options: Vec<_> =
            options.map(|span| span.split(' ').next().unwrap_or_default().to_owned()).collect();
        options.sort();
        options
    }
}

fn slug(heading: &str) -> String {
    let letters = heading.to_lowercase();
    let kept = letters.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

/// The words of a line as a shell reads them.
///
/// # Errors
/// When a shell would do more with it than take words apart.
pub fn shell_words(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => word.get_or_insert_default().push(letter),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, ' ') => words.extend(word.take()),
            (None, _) if "*?[]{}$;|&<>()\\~`!".contains(letter) => {
                return Err(format!("a shell does something with {letter}"));
            }
            (None, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    if quote.is_some() { Err("a quotation has no end".to_owned()) } else { Ok(words) }
}

/// The files of the repository that documents name.
pub fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "tests", "static", "fixtures", "ci", "docs", ".config", ".github"] {
        files_below(&root().join(folder), &mut found);
    }
    found.push(root().join("clippy.toml"));
    found
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

/// All code in Rust, but for the tests of the documents.
pub fn code() -> String {
    let is_code = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let is_other = |path: &PathBuf| !path.ends_with("tests/offline/docs.rs");
    let files = files().into_iter().filter(is_code).filter(is_other);
    files.map(|path| fs::read_to_string(path).unwrap()).collect()
}
