//! Phrases that pages put around comments and no commenter wrote: "Reply", "Antworten", "Report this comment" …
//!
//! A phrase counts only as a whole line: a comment may well say "leave a comment".

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Whole lines of each language, in lower case, without surrounding punctuation and numbers, `|` between them.
const LINES: &[&str] = &[
    // English
    "reply|replies|reply to this|reply to this comment|reply to comment|reply with quote|respond|quote|\
    report|report comment|report this comment|report abuse|flag|flag comment|flag as inappropriate|\
    flag this comment|like|likes|dislike|like dislike|likereply|replylike|like comment|like this|liked|\
    like this comment|like reply|edit|delete|replydelete|permalink|link|share|share this|share comment|\
    copy link|link to comment|direct link|show more|show less|read more|more|see more|view more|load more|\
    load more comments|view replies|view reply|show replies|hide replies|hide|collapse|expand|\
    log in to reply|login to reply|sign in to reply|log in to leave a comment|\
    you must be logged in to post a comment|you must log in to post a comment|\
    your comment is awaiting moderation|comment awaiting moderation|vote up|vote down|upvote|downvote|up|\
    down|thumbs up|thumbs down|translate|recommend|recommended|helpful|was this helpful|says|said|wrote|\
    comments|comment|no comments|no comments yet|add a comment|add comment|leave a reply|leave a comment|\
    post a comment|write a comment|be the first to comment|comments are closed|join the discussion|loading|\
    loading comments|author|guest|moderator|staff|top|back to top|new|edited|unread|on|by|at|posted by|\
    posted on|posted at|sort by|newest|oldest|follow|follow user|view profile|website|next|previous|prev|\
    cancel reply|click here to cancel reply|report spam|mark as spam|points|point|vote|votes|rating|\
    loading...|in reply to|moderate|save|give award|score hidden|level",
    // German
    "antworten|antwort|auf diesen kommentar antworten|kommentar melden|melden|beitrag melden|\
    missbrauch melden|verstoß melden|zitieren|zitat|antwort schreiben|antworten anzeigen|\
    antworten verbergen|gefällt mir|gefällt mir nicht|teilen|mehr|weniger|mehr anzeigen|mehr lesen|\
    weiterlesen|weniger anzeigen|alle antworten anzeigen|bearbeiten|löschen|liken|likenliken|\
    link zum kommentar|kommentar-link|permanenter link|kommentar|kommentare|aufklappen|zuklappen|einklappen|\
    ausklappen|empfehlen|empfehlung|leserempfehlung|kommentar verfassen|kommentieren|kommentar schreiben|\
    kommentar hinzufügen|keine kommentare|zum antworten anmelden|anmelden um zu antworten|sagt|sagte|\
    schrieb|schreibt|meint|gast|redaktion empfiehlt|gut|schlecht|diesen beitrag melden|\
    auf diesen beitrag antworten|kommentar bewerten|dein kommentar wartet auf freischaltung|\
    du musst angemeldet sein, um einen kommentar abzugeben|schreibe einen kommentar|nach oben|hilfreich|\
    nicht hilfreich|uhr|autor|kommentar kommentieren|kommentar löschen|positiv|negativ|stimmen|stimme|\
    beiträge|gemeldet|profil anzeigen",
    // French
    "répondre|réponse|réponses|répondre à ce commentaire|signaler|signaler un abus|signaler ce commentaire|\
    signaler un contenu inapproprié|signaler le commentaire|alerter|alerter le modérateur|j'aime|\
    je n'aime pas|partager|citer|voir plus|lire la suite|afficher plus|modifier|supprimer|commentaires|\
    commentaire|aucun commentaire|laisser un commentaire|ajouter un commentaire|\
    connectez-vous pour répondre|a dit|voir les réponses|recommander|réagir|lien permanent|a écrit|abonné|\
    invité",
    // Spanish
    "responder|respuestas|respuesta|denunciar|reportar|me gusta|no me gusta|compartir|citar|ver más|leer más|\
    editar|eliminar|borrar|comentarios|comentario|dijo|dice|dejar un comentario|deja un comentario|\
    sin comentarios|enlace permanente|inicia sesión para responder|ver respuestas|a favor|en contra|\
    recomendar",
    // Italian
    "rispondi|risposta|risposte|segnala|segnala abuso|segnala commento|mi piace|non mi piace|condividi|cita|\
    leggi tutto|mostra altro|modifica|elimina|commenti|commento|lascia un commento|nessun commento|ha detto|\
    scrive|accedi per rispondere",
    // Portuguese
    "resposta|respostas|curtir|gosto|não gosto|compartilhar|partilhar|excluir|comentários|comentário|\
    deixe um comentário|disse|diz|ver mais|ler mais|denunciar comentário|inicie sessão para responder",
    // Dutch
    "reageer|reageren|beantwoorden|antwoorden|antwoord|rapporteer|rapporteren|vind ik leuk|delen|citeer|\
    citeren|meer|lees meer|bewerken|verwijderen|reacties|reactie|zegt|schreef|schrijft|plaats een reactie|\
    geen reacties|log in om te reageren",
    // Polish
    "odpowiedz|odpowiedzi|zgłoś|zgłoś nadużycie|lubię to|udostępnij|cytuj|więcej|czytaj więcej|pokaż więcej|\
    edytuj|usuń|komentarze|komentarz|dodaj komentarz|pisze|napisał|napisała|brak komentarzy|ukryj|oceń|\
    zaloguj się, aby odpowiedzieć",
    // Nordic
    "svar|svara|svare|anmäl|rapporter|rapportera|gilla|lik|liker|dela|del|visa mer|vis mer|les mer|läs mer|\
    citera|redigera|kommentarer|skriver|säger|sier|siger|anmeld|vastaa|ilmoita|tykkää|jaa",
    // Finnish, Danish
    "ilmoita asiaton viesti|lainaa|kommentit|kommentti|jätä kommentti|besvar|synes godt om|citer",
    // Russian, Ukrainian, Bulgarian
    "ответить|пожаловаться|поделиться|нравится|мне нравится|цитировать|удалить|комментарии|комментарий|пишет|ссылка|\
    відповісти|поскаржитися|подобається|поділитися|цитувати|коментарі|коментар|отговор|отговори|докладвай|харесва ми|\
    сподели|коментари",
    // Czech, Slovak, Croatian, Serbian, Slovene
    "odpovědět|nahlásit|sdílet|citovat|to se mi líbí|líbí se mi|komentáře|komentář|odpovedať|nahlásiť|páči sa mi to|zdieľať|\
    odgovori|prijavi|sviđa mi se|podijeli|podeli|citiraj|komentari",
    // Hungarian, Romanian, Greek, Turkish
    "válasz|jelentés|jelentem|tetszik|megosztás|idézet|hozzászólások|yanıtla|cevapla|şikayet et|beğen|paylaş|alıntıla|\
    yorumlar|yorum yap|răspunde|raportează|îmi place|distribuie|citează|comentarii|απάντηση|αναφορά|μου αρέσει|κοινοποίηση|\
    παράθεση|σχόλια",
    // Further scripts
    "返信|返信する|報告|通報|いいね|共有|引用|コメント|回复|回覆|举报|檢舉|点赞|赞|分享|评论|답글|신고|좋아요|공유|인용|댓글|رد|إبلاغ|\
    أعجبني|مشاركة|הגב|דווח|שתף|trả lời|báo cáo|thích|chia sẻ|balas|laporkan|suka|bagikan|\
    לייק|אהבתי|تعديل|حذف|اقتباس|پاسخ|گزارش|پسندیدن|जवाब दें|उत्तर दें|रिपोर्ट करें|रिपोर्ट|पसंद|पसंद करें|साझा करें|शेयर करें|\
    উত্তর দিন|রিপোর্ট|ตอบกลับ|ถูกใจ|รายงาน|แชร์|viết bình luận|chỉnh sửa|kirim|edit komentar|대댓글|추천|비추천|싫어요|더보기|\
    支持|反对|反對|踩|顶|删除|刪除|编辑|置顶|楼主|返信する|違反報告|そう思う|そう思わない|もっと見る",
    // Baltic, Catalan, further Balkan
    "atsakyti|pranešti|patinka|atbildēt|ziņot|patīk|vasta|teata|meeldib|respon|m'agrada|denuncia|citeix|erantzun|одговори|пријави|\
    свиђа ми се|цитирај|докладвай|харесвам|comparteix",
];

static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| LINES.iter().flat_map(|lines| lines.split('|')).collect());

/// What stands under a comment to answer it with, and hardly ever anywhere else.
const ANSWERS: &str = "reply|reply to this|reply to this comment|reply to comment|reply with quote|log in to reply|login to reply|\
    sign in to reply|respond|quote|report comment|report this comment|flag comment|flag this comment|link to comment|\
    antworten|antwort|auf diesen kommentar antworten|auf diesen beitrag antworten|zum antworten anmelden|\
    anmelden um zu antworten|kommentar melden|diesen beitrag melden|zitieren|antwort schreiben|kommentar kommentieren|\
    répondre|répondre à ce commentaire|signaler ce commentaire|signaler le commentaire|connectez-vous pour répondre|citer|\
    alerter le modérateur|responder|inicia sesión para responder|denunciar comentario|citar|rispondi|segnala commento|\
    accedi per rispondere|cita|denunciar comentário|inicie sessão para responder|reageer|beantwoorden|antwoorden|پاسخ|जवाब दें|उत्तर दें|উত্তর দিন|respon|citeix|одговори|\
    log in om te reageren|citeer|citeren|odpowiedz|zaloguj się, aby odpowiedzieć|cytuj|svar|svara|svare|besvar|citera|vastaa|\
    vastaa kommenttiin|ответить|цитировать|відповісти|odpovědět|reagovat|odpovedať|válasz|válaszolok|yanıtla|cevapla|răspunde|\
    απάντηση|odgovori|отговор|atsakyti|atbildēt|vasta|返信|返信する|回复|回覆|답글|답글 달기|رد|הגב|ตอบกลับ|trả lời|balas|thumb up|vote up|\
    vote down|upvote|downvote|says|sagt|dijo|a dit|a écrit|ha detto|säger|pisze|пишет|diyor ki|schreef op|perma-link|permalink|permalien|enlace permanente|direktlink zum kommentar";

static KNOWN_ANSWERS: LazyLock<HashSet<&str>> = LazyLock::new(|| ANSWERS.split('|').collect());

/// Tells whether a line is a link or button to answer, quote or report the comment above it.
pub(crate) fn is_answer(line: &str) -> bool {
    (2..=60).contains(&line.len())
        && (KNOWN_ANSWERS.contains(bare(line).as_ref()) || ANNOUNCED.iter().any(|words| line.starts_with(words)))
}

/// Beginnings of lines that name a comment's writer.
const ANNOUNCED: &[&str] = &[
    "Comment by ",
    "Kommentar von ",
    "Commentaire de ",
    "Comentario de ",
    "Commento di ",
    "Reactie van ",
    "Komentarz od ",
];

/// Marks of lines that stand where a pingback stands.
const PINGBACKS: &[&str] = &["pingback:", "pingback", "trackback:", "trackback"];

/// A line as the list has it: lower case, no numbers or punctuation around it.
fn bare(line: &str) -> Cow<'_, str> {
    let bare = line.trim_matches(|c: char| !c.is_alphabetic());
    let is_lower = bare.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(bare) } else { Cow::Owned(bare.to_lowercase()) }
}

/// Tells whether a whole line is such a phrase, or nothing but marks and numbers.
pub(crate) fn is_chrome(line: &str) -> bool {
    // Who quotes such a phrase has written something.
    if line.len() > 120 || line.starts_with(['"', '“', '„', '«', '»', '”', '‘', '「', '『', '\u{fdd0}']) {
        return false;
    }
    let bare = bare(line);
    if bare.is_empty() {
        return false;
    }
    KNOWN.contains(bare.as_ref())
        || bare
            .split(['|', '·', '•', '/', '\u{a0}'])
            .all(|part| KNOWN.contains(part.trim_matches(|c: char| !c.is_alphabetic())))
}

/// What invites to write a comment: it stands before or below all comments, and at the head of none.
const INVITATIONS: &str = "comments|comment|no comments|no comments yet|add a comment|add comment|leave a reply|leave a comment|\
    post a comment|write a comment|be the first to comment|comments are closed|join the discussion|back to top|kommentar verfassen|\
    kommentar schreiben|kommentar hinzufügen|keine kommentare|schreibe einen kommentar|kommentieren|nach oben|aucun commentaire|\
    laisser un commentaire|ajouter un commentaire|réagir|dejar un comentario|deja un comentario|sin comentarios|\
    lascia un commento|nessun commento|deixe um comentário|plaats een reactie|geen reacties|dodaj komentarz|brak komentarzy|\
    jätä kommentti|yorum yap|viết bình luận|コメントを書く|发表评论|댓글 쓰기";

static KNOWN_INVITATIONS: LazyLock<HashSet<&str>> = LazyLock::new(|| INVITATIONS.split('|').collect());

/// Tells whether a line is a phrase of two words or more, or one to answer with: a name is hardly ever one of those.
pub(crate) fn is_button(line: &str) -> bool {
    is_answer(line) || is_chrome(line) && (line.trim().contains(' ') || !is_label(line))
}

/// Words that stand before and after names in bylines.
fn is_label(line: &str) -> bool {
    const LABELS: &[&str] =
        &["by", "on", "at", "says", "said", "wrote", "author", "guest", "gast", "autor", "dit", "dice", "sagt", "uhr"];
    LABELS.contains(&bare(line).as_ref())
}

/// Removes such lines from the end, and from the start, of a comment's text; `whole` says that the text is from an element
/// that holds what was written and nothing else.
pub(crate) fn trim(text: &str, whole: bool) -> &str {
    let mut text = text.trim_matches('\n');
    let invites = |line: &str| KNOWN_INVITATIONS.contains(bare(line).as_ref());
    while let Some(cut) = text.rfind('\n') {
        let last = text.get(cut + 1..).unwrap_or_default();
        if !(is_chrome(last) || is_counter(last)) || whole && invites(last) {
            break;
        }
        text = text.get(..cut).unwrap_or_default();
    }
    while let Some(cut) = text.find('\n') {
        let first = text.get(..cut).unwrap_or_default();
        if !(is_chrome(first) && first.len() < 40 && !invites(first) || is_counter(first)) {
            break;
        }
        text = text.get(cut + 1..).unwrap_or_default();
    }
    text.trim()
}

/// A number of votes, or a comment's number: `+3`, `#12`, `(4)`, `·`.
fn is_counter(line: &str) -> bool {
    let line = line.trim();
    line.len() <= 8
        && line.chars().all(|c| {
            c.is_ascii_digit()
                || matches!(c, '+' | '-' | '#' | '(' | ')' | '|' | '·' | '•' | '.' | '/' | ' ' | ',' | '–' | '—' | ':')
        })
        && (line.starts_with(['+', '#', '(', '-', '|', '·', '•']) || line.chars().all(|c| !c.is_ascii_digit()))
}

/// Tells whether a text is a pingback: a page that links here, announced by its software.
pub(crate) fn is_pingback(text: &str) -> bool {
    let text = text.trim();
    let lower: String = text.chars().take(12).collect::<String>().to_lowercase();
    PINGBACKS.iter().any(|mark| lower.starts_with(mark))
        || (text.starts_with("[…]") || text.starts_with("[...]")) && (text.ends_with("[…]") || text.ends_with("[...]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_are_chrome() {
        assert!(is_chrome("Reply"));
        assert!(is_chrome("  Antworten ↓"));
        assert!(is_chrome("Like (3)"));
        assert!(is_chrome("Reply | Report"));
        assert!(!is_chrome("Leave a comment, she said."));
        assert!(!is_chrome("12"));
        assert!(!is_chrome(""));
    }

    #[test]
    fn trims_from_both_ends_only() {
        assert_eq!(trim("says:\nI like it.\nReply\nNo.\nReply\n+3", false), "I like it.\nReply\nNo.");
        assert_eq!(trim("Reply", false), "Reply");
        assert_eq!(trim("2024\nwas a year", false), "2024\nwas a year");
        assert_eq!(
            trim("Leave a comment\nis what they say.\nLeave a comment", false),
            "Leave a comment\nis what they say."
        );
        assert_eq!(trim("I did\nLeave a comment\nReply", true), "I did\nLeave a comment");
        assert_eq!(trim("“Reply”\nThey never do.", false), "“Reply”\nThey never do.");
    }

    #[test]
    fn knows_pingbacks() {
        assert!(is_pingback("Pingback: Another page"));
        assert!(is_pingback("[…] as Ann wrote, the bridge […]"));
        assert!(!is_pingback("[...] I left something out."));
    }
}
