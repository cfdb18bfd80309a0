//! Columns and keys of rows that have unusual names.

use gruff::corpus::Columns;

/// What was typed.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Rows whose columns or keys have unusual names")]
pub(super) struct Naming {
    /// The column or key that holds the comment
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// … its id
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,
    /// … who wrote it
    #[arg(long, value_name = "NAME")]
    author_column: Option<String>,
    /// … when
    #[arg(long, value_name = "NAME")]
    date_column: Option<String>,
    /// … the id of the comment it answers
    #[arg(long, value_name = "NAME")]
    parent_column: Option<String>,
    /// … what tells its thread from others: an id or the page's address
    #[arg(long, value_name = "NAME")]
    thread_column: Option<String>,
    /// … the title of what it was written under
    #[arg(long, value_name = "NAME")]
    title_column: Option<String>,
    /// … its state: approved, spam, deleted …
    #[arg(long, value_name = "NAME")]
    status_column: Option<String>,
}

impl Naming {
    /// Returns them as columns.
    pub(super) fn columns(self) -> Columns {
        Columns {
            text: self.text_column,
            id: self.id_column,
            author: self.author_column,
            date: self.date_column,
            parent: self.parent_column,
            thread: self.thread_column,
            title: self.title_column,
            status: self.status_column,
            ..Columns::default()
        }
    }
}
