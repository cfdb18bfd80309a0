//! What the software around comments writes, in some thirty languages: headings, form tails, buttons.
//!
//! All phrases are matched against whole lines, since a comment may say any of them too.

use crate::extract::case::lower;
use crate::extract::numerals::ascii_digits;
use regex::Regex;
use std::sync::LazyLock;

/// Names for comments, singular or plural.
const NOUNS: &str = "(?:user |reader |leser|nutzer)?(?:comments?|responses?|repl(?:y|ies)|thoughts?|reactions?|\
    kommentare?|kommentarer|kommentarar|antwort(?:en)?|gedanken?|ergänzung(?:en)?|reaktion(?:en)?|leserbriefe?|\
    leserpost|beiträge|meinung(?:en)?|commentaires?|réponses?|réactions?|avis|comentarios?|respuestas?|opiniones|\
    reacciones|comentários?|respostas?|comment[oi]|rispost[ae]|reacties?|opmerkingen|svar|kommentit|kommenttia?|\
    komentarz(?:e|y)?|komentář(?:e|ů)?|komentar(?:i|ja|jev)?|hozzászólás(?:ok)?|comentarii|yorum(?:lar)?|σχόλια|\
    комментари(?:й|и|я|ев)|коментар(?:і|и|ів|ии|ара)?|коментара|отзыв(?:ы|ов)?|отговор(?:а|и)?|评论|條?評論|条评论|则评论|條留言|則留言|\
    留言|回应|回應|跟帖|コメント|件のコメント|댓글|개의 댓글|개 댓글|(?:ال)?تعليق(?:ات|ا|ان)?|(?:ال)?ردود|دیدگاه(?:‌?ها)?|نظر(?:ات)?|\
    תגובות|תגובה|टिप्पणि(?:याँ|यां)|टिप्पणी|মন্তব্য|ความคิดเห็น|ความเห็น|bình luận|ý kiến|tanggapan|ulasan pembaca|\
    komentara|komentarov|komentára|atsiliepim(?:ai|ų)|komentar(?:ai|ų)|komentār(?:i|u)|kommentaari(?:d)?|odgovor(?:a|i)?|vélemény|\
    şərh|shërime|komente|comentaris|iruzkin(?:ak)?|sylwadau|athbheachtaí|ummæli|umsagnir)";
const NUMBER: &str = "(?:(?P<count>\\d{1,3}(?:[.,  ]\\d{3})+|\\d{1,6})|(?P<one>one|a single|ein|eine|un|une|una|uno|um|uma|een|en|ett|1))";

/// Makes a pattern, which is in lower case and sees lines like that.
fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// Makes one pattern of phrases that are whole lines, whatever marks stand around them.
fn any_of(phrases: &[&str]) -> Option<Regex> {
    regex(&format!("^\\W*(?:{})\\W*$", phrases.join("|")))
}

/// `14 Comments`, `2 Gedanken zu „…“`, `{ 38 comments… read them below or add one }`.
static COUNTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        "^(?:there (?:are|is) |se han publicado |il y a |showing |\\W{{0,4}}){NUMBER}\\s?(?:件の|条|條|則|则|个|個|개의|개)?\\s*{NOUNS}(?P<rest>$|[\\s:.…–—\\-,)}}].{{0,250}}$)"
    ))
});
/// `Kommentare (4)`, `Comments: 12`, `Liczba komentarzy: 6`.
static COUNT_LAST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        "^(?:\\S{{1,30}} ){{0,3}}\\S{{0,40}}{NOUNS}\\s*[:：(（\\[【]\\s*(?P<count>\\d{{1,6}})\\s*[件条條개則则]?\\s*[)）\\]】]?(?P<rest>$|\\s.{{0,60}}$)"
    ))
});
/// `コメント 3件`, `댓글 3`, `Kommentare 12`: nothing but the word and the number.
static COUNT_BESIDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!("^{NOUNS}\\s*[·|#]?\\s*(?P<count>\\d{{1,6}})\\s?(?:件|条|條|个|個|개|건|則|则)?(?P<rest>)$"))
});
/// `Comments`, `Kommentare:`, `Leave a comment on …`.
static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        "^\\W{{0,3}}(?:(?:the |all |alle |tous les |vos |los |your |latest |neueste )?{NOUNS}|discussion|join the (?:discussion|conversation)|diskussion|diskutieren sie mit|forum|join the conversation)\\s*[:.]?\\W{{0,3}}$"
    ))
});
/// `No comments yet`, `Noch keine Kommentare`.
static NONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(
        "^\\W*(?:(?:there are )?(?:no|noch keine|keine|bisher keine|aucun|pas (?:encore )?de|sin|no hay|nenhum|sem|nessun|geen|nog geen|inga|ingen|ei vielä|brak|nincs|nincsenek|žádné|zatím žádné|нет|пока нет|немає|няма|nema|nu există|niciun|belum ada|chưa có|暂无|还没有|還沒有|まだ|δεν υπάρχουν|لا توجد|אין|कोई नहीं|henüz|hiç)\\s?{NOUNS}(?: yet| bisher| vorhanden| pour le moment| aún| todavía| ainda| ancora| ще| још| zatím| yok|はありません|がありません| 없습니다|이 없습니다| ακόμα| בינתיים| نہیں)?|be the first to .*|sei der erste.*|soyez le premier.*|sé el primero.*)\\W*$"
    ))
});
/// What stands below the comments, or above them: the form and its hints.
static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    any_of(&[
        "(?:leave|post|write|add|submit|make)(?: us)? (?:a|your|an|another|new) (?:comment|reply|response|thought).*",
        "(?:leave|post|add) (?:comment|reply)",
        "(?:your|the) email address will (?:not|never) be (?:published|shown|displayed).*",
        "you (?:must|have to|need to) (?:be )?(?:log|sign)(?:ged)?[ -]?in.*(?:comment|reply|post).*",
        "(?:please )?(?:log|sign) in (?:or register )?to (?:leave|post|add|write)?.*(?:comment|reply).*",
        "comments? (?:are|is|have been) (?:now )?(?:closed|disabled|off).*",
        "(?:sorry, )?comments (?:for|on|to) this .* (?:closed|disabled).*",
        "cancel reply|post comment|submit comment|save my name, email.*|this site uses akismet.*",
        "(?:\\{ )?\\d+ (?:trackback|pingback)s?(?: \\})?|(?:trackbacks?|pingbacks?)(?: ?(?:/|&|und|and) ?(?:trackbacks?|pingbacks?))?:?(?: \\(\\d+\\))?",
        "(?:schreibe?n?|hinterlasse?n?|verfasse?n?)(?: sie| uns)? (?:einen|ihren|deinen|eine) (?:kommentar|antwort|leserbrief|beitrag).*",
        "(?:einen |ihren |deinen |neuen )?(?:kommentar|leserbrief|antwort) (?:schreiben|hinzufügen|abgeben|verfassen|hinterlassen|absenden|abschicken)\\W*(?: (?:absenden|schreiben).*)?",
        "(?:deine|ihre) e-?mail-?adresse wird nicht .*|e-?mail.?adresse wird nicht .*",
        "(?:diese|die) (?:website|webseite) verwendet akismet.*|erforderliche felder sind .*",
        "(?:dein|ihr) kommentar (?:wird|wurde|konnte) .*|your comment (?:has been|will be|could not be) .*",
        "kommentare? (?:sind|ist|wurden|werden) .*(?:deaktiviert|geschlossen|gesperrt).*",
        "die kommentarfunktion .*|(?:ihren|deinen) kommentar (?:hier|zu) .*|ihr kommentar.*|kommentieren",
        "um .*kommentieren zu können.*|(?:melde dich|melden sie sich|bitte (?:melden|loggen)) .*komment.*",
        "(?:laisser|ajouter|écrire|poster|publier|déposer|rédiger)(?: un| votre)? (?:commentaire|réponse).*",
        "(?:votre|l')\\s?adresse (?:e-?mail|de messagerie) ne sera pas .*|(?:tous|voir tous) les commentaires.*",
        "vous devez .*(?:commentaire|commenter|connecter).*|les commentaires sont (?:fermés|clos).*|qui êtes-vous \\?|votre message",
        "(?:deja|dejar|añade|añadir|escribe|publicar|haz)(?: un| tu)? (?:comentario|respuesta|una respuesta).*|cancelar la respuesta",
        "tu (?:dirección de )?correo electrónico no será .*|su correo electrónico .*|los comentarios están cerrados.*",
        "(?:deixe|deixar|escreva|adicionar)(?: um| uma| seu)? (?:comentário|resposta).*|o seu (?:endereço de )?e-?mail não será .*",
        "(?:lascia|scrivi|aggiungi|invia)(?: un| una| il tuo)? (?:commento|risposta).*|il tuo indirizzo email non sarà .*",
        "(?:geef|laat|plaats|schrijf)(?: een| je| uw)? (?:reactie|antwoord).*|(?:het|je) e-?mailadres (?:wordt|zal) niet .*|reageren|geef een reactie",
        "(?:lämna|skriv|legg igjen|legg att|skriv|efterlad|kirjoita)(?: en| et| ett)? (?:kommentar|svar|kommentti).*|(?:din|e-?post).*(?:kommer inte|vil ikke|bliver ikke) .*",
        "(?:dodaj|zostaw|napisz|skomentuj)(?: swój)? ?(?:komentarz|odpowiedź)?.*|twój adres e-?mail nie zostanie .*",
        "(?:napsat|napište|přidat|vložit) (?:komentář|odpověď).*|vaše e-mailová adresa nebude .*|(?:szólj hozzá|hozzászólás írása|vélemény, hozzászólás).*",
        "(?:добавить|оставить|написать) (?:комментарий|отзыв|ответ).*|ваш (?:адрес )?e-?mail не будет .*|(?:залишити|додати) коментар.*",
        "(?:اترك|أضف|اكتب|شارك) (?:تعليق|رد)\\S*.*|لن يتم نشر .*|(?:השאר|השאירו|הוסף|הוסיפו|כתוב|כתבו) (?:תגובה|תגובות).*|(?:دیدگاه خود|نظر خود|نظر بدهید).*",
        "(?:टिप्पणी|अपनी टिप्पणी) (?:करें|लिखें|जोड़ें|दें).*|(?:viết|để lại|gửi|thêm) (?:một )?(?:bình luận|ý kiến).*|(?:tinggalkan|tulis|kirim|beri) (?:sebuah )?(?:komentar|balasan|tanggapan).*|แสดงความคิดเห็น.*",
        "(?:αφήστε|προσθέστε|γράψτε) (?:ένα |το )?(?:σχόλιο|απάντηση).*|(?:lasă|adaugă|scrie) (?:un )?(?:comentariu|răspuns).*|(?:ostavi|ostavite|dodaj|napiši|napišite) (?:komentar|odgovor).*|(?:pridať|napíšte|zanechať) (?:komentár|odpoveď).*",
        "(?:напишете|добавете|оставете) (?:коментар|отговор).*|(?:rašyti|palikite|parašykite) (?:komentarą|atsakymą).*|(?:pievienot|atstāj|rakstīt) komentāru.*|(?:lisa|kirjuta|jäta) (?:kommentaar|vastus).*|留下(?:评论|回复|留言).*|(?:发表|發表|写|寫)(?:评论|回复|評論|回覆|留言).*|コメントを(?:書く|投稿|入力)\\S*",
        "(?:bir )?(?:yorum|cevap) (?:yap|yaz|bırak)\\S*.*|コメントを(?:残す|書く|する).*|发表评论.*|댓글 (?:쓰기|달기|남기기).*",
    ])
});
/// Buttons, votes and counters beside a comment.
static BUTTON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    any_of(&[
        "(?:reply|antworten?|répondre|responder|rispondi|beantwoorden|svara?|svar|odpowiedz|odpovědět|ответить|відповісти|yanıtla|cevapla|返信|回复|답글)(?: ?(?:delete|löschen|to \\S+(?: \\S+){0,3}|to this comment|link|↓|↓|→|\\(?\\d*\\)?))?",
        "replydelete|antwortenlöschen|responderborrar|répondresupprimer|rispondielimina|delete|edit|löschen|bearbeiten|modifier|editar",
        "report(?: (?:this|abuse|comment|as .*))*|melden|(?:beitrag|kommentar) melden|signaler(?: .*)?|denunciar|segnala|flag|inappropriate|zgłoś|пожаловаться",
        "perma ?link|link|quote|zitieren ?#?|citer|citar|share|teilen|partager|compartir|copy link|translate|übersetzen|#\\d*",
        "like|unlike|dislike|likes?:? ?\\d*|gefällt mir|gefällt \\d+.*|j'?aime|me gusta|vote(?: up| down)?|upvote|downvote|login für vote|thumbs? (?:up|down)|recommend|empfehlen",
        "[+\\-−–]?\\d{1,5}(?: (?:likes?|votes?|points?|replies|antworten|mal))?|\\d+ ?/ ?\\d+|[+\\-]?\\d+\\s+[+\\-]?\\d+",
        "(?:show|view|see|hide|load)(?: all| more| \\d+)* (?:more|replies|comments|responses|reply).*|read more|mehr(?: anzeigen)?|weiterlesen|weitere anzeigen.*|aufklappen|plus|more",
        "your comment is awaiting moderation\\.?|dein kommentar wartet auf .*|avatar|guest|gast|author|autor|auteur|moderator|newest|oldest|neueste|älteste.*|meisten abstimmungen|inline feedback.*|alle kommentare anzeigen|view all comments|most voted",
        "(?:collapse|expand|reply to this|in reply to|als antwort auf|en réponse à|en respuesta a) ?.*|anzeigen|anzeige|werbung|advertisement|reklama|publicité",
        "← ?(?:previous|older|ältere|vorherige|previous) .*|(?:newer|neuere|next|nächste) .* ?→|benutzerbild von .*|profilbild .*",
    ])
});

/// Longer lines are no headings.
const LONGEST_HEADING: usize = 400;
/// Longer lines are no buttons.
const LONGEST_BUTTON: usize = 80;

/// A line that says that comments follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) struct Heading {
    /// The number it states.
    pub(in crate::extract) count: Option<u64>,
}

/// Reads a line as the heading of the comments.
pub(in crate::extract) fn heading(line: &str) -> Option<Heading> {
    if line.len() > LONGEST_HEADING {
        return None;
    }
    let lower = lower(line);
    if line.len() <= LONGEST_BUTTON && matches(&BUTTON, &lower) { None } else { title_in(&lower) }
}

/// Reads what is known to be a heading as that of the comments: `4 Replies` is a button elsewhere.
pub(in crate::extract) fn title(line: &str) -> Option<Heading> {
    if line.len() > LONGEST_HEADING { None } else { title_in(&lower(line)) }
}

/// Reads a line in lower case.
fn title_in(line: &str) -> Option<Heading> {
    if matches(&NONE, line) {
        return Some(Heading { count: Some(0) });
    }
    let number = |digits: &str| digits.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok();
    let line = &ascii_digits(line);
    // What a number must stand behind, or beside.
    let numbered = line.contains(char::is_numeric);
    let bracketed = numbered && line.contains([':', '：', '(', '（', '[', '【']);
    for (pattern, may) in [(&COUNTED, true), (&COUNT_LAST, bracketed), (&COUNT_BESIDE, numbered)] {
        let Some(found) = pattern.as_ref().filter(|_| may).and_then(|regex| regex.captures(line)) else { continue };
        // A sentence that begins with a number is none.
        if found.name("rest").is_some_and(|rest| rest.as_str().len() > 20 && rest.as_str().ends_with('.')) {
            continue;
        }
        return Some(Heading { count: found.name("count").map_or(Some(1), |count| number(count.as_str())) });
    }
    matches(&BARE, line).then_some(Heading { count: None })
}

/// Tells whether a line belongs to the form, or stands where comments end.
pub(in crate::extract) fn is_form(line: &str) -> bool {
    // Who quotes the form's words has written something.
    line.len() <= 250
        && !line.starts_with(['"', '“', '„', '«', '»', '”', '‘', '「', '『', '\''])
        && matches(&FORM, &lower(line))
}

/// Tells whether a line is a button, a counter or a badge beside a comment.
pub(super) fn is_button(line: &str) -> bool {
    line.len() <= LONGEST_BUTTON && matches(&BUTTON, &lower(line))
}

fn matches(pattern: &LazyLock<Option<Regex>>, line: &str) -> bool {
    pattern.as_ref().is_some_and(|regex| regex.is_match(line))
}

/// Tells whether an item is another site's link to the page and no comment.
pub(super) fn is_echo(text: &str) -> bool {
    ["pingback:", "trackback:", "[…]", "[...]"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_compile() {
        for pattern in [&COUNTED, &COUNT_LAST, &COUNT_BESIDE, &BARE, &NONE] {
            assert!(pattern.is_some());
        }
        assert!(FORM.is_some() && BUTTON.is_some());
    }

    #[test]
    fn headings_are_read_in_many_languages() {
        let count = |line: &str| heading(line).map(|heading| heading.count);
        assert_eq!(count("14 Comments"), Some(Some(14)));
        assert_eq!(count("2 Gedanken zu „Der Hafen“"), Some(Some(2)));
        assert_eq!(count("One Comment"), Some(Some(1)));
        assert_eq!(count("{ 38 comments… read them below or add one }"), Some(Some(38)));
        assert_eq!(count("1,204 responses to “Harbour”"), Some(Some(1204)));
        assert_eq!(count("Kommentare (4) Kommentar schreiben"), Some(Some(4)));
        assert_eq!(count("Vos réactions (11)"), Some(Some(11)));
        assert_eq!(count("There are 13 comments"), Some(Some(13)));
        assert_eq!(count("0 Kommentare"), Some(Some(0)));
        assert_eq!(count("Commentaires"), Some(None));
        assert_eq!(count("12 комментариев"), Some(Some(12)));
        assert_eq!(count("Noch keine Kommentare"), Some(Some(0)));
        for line in [
            "コメント 3件",
            "3件のコメント",
            "댓글 3",
            "댓글 3개",
            "Комментарии (3)",
            "٣ تعليقات",
            "التعليقات (٣)",
            "3条评论",
            "评论 3",
            "3 條留言",
            "3 टिप्पणियाँ",
            "3 Komentarze",
            "Komentarze: 3",
            "3 σχόλια",
            "Σχόλια (3)",
            "3 תגובות",
            "3 bình luận",
            "3 komentar",
            "3 ความคิดเห็น",
            "3 коментара",
            "3 komentarai",
            "۳ دیدگاه",
            "Kommentare 3",
            "3 comentaris",
        ] {
            assert_eq!(count(line), Some(Some(3)), "{line}");
        }
        assert_eq!(count("4 Replies"), None);
        assert_eq!(title("4 Replies").and_then(|heading| heading.count), Some(4));
        assert_eq!(count("Antworten"), None);
        assert_eq!(count("The minister made 3 comments on the harbour."), None);
        assert_eq!(count("3 comments by the minister made the harbour master angry on Friday."), None);
    }

    #[test]
    fn forms_and_buttons_are_whole_lines() {
        for line in ["Leave a Reply", "Schreibe einen Kommentar", "Laisser un commentaire", "Deja un comentario"] {
            assert!(is_form(line), "{line}");
        }
        assert!(!is_form("I will leave a comment on your page about the harbour because it was closed."));
        for line in ["Reply", "ReplyDelete", "Antworten", "+3", "17", "Répondre"] {
            assert!(is_button(line), "{line}");
        }
        assert!(!is_button("Reply to that, if you dare, and tell us where the money went"));
    }
}
