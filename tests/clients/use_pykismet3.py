"""pykismet3, which has its key in the name of its fixed server."""

from pykismet3 import Akismet

client = Akismet(api_key="key1", blog_url="https://news.example", user_agent="news")
about = {"user_ip": "192.0.2.1", "user_agent": "Mozilla/5.0", "referrer": "https://news.example/bridge"}
assert client.check({**about, "comment_content": "Thank you, Ann."}) is False
assert client.check({**about, "comment_content": "You utter idiot, you stupid moron."}) is True
client.submit_spam({**about, "comment_content": "You there."})
client.submit_ham({**about, "comment_content": "Thank you, Ann."})
