"""akismet, whose server is fixed."""

import akismet

config = akismet.Config(key="key1", url="https://news.example")
with akismet.SyncClient(config=config) as client:
    about = {"comment_author": "Bo", "comment_type": "comment", "user_agent": "Mozilla/5.0"}
    check = client.comment_check("192.0.2.1", comment_content="Thank you, Ann.", **about)
    assert check == akismet.CheckResponse.HAM, check
    check = client.comment_check("192.0.2.1", comment_content="You utter idiot, you stupid moron.", **about)
    assert check == akismet.CheckResponse.DISCARD, check
    check = client.comment_check("192.0.2.1", comment_content="Hello", comment_author="viagra-test-123")
    assert check == akismet.CheckResponse.SPAM, check
    assert client.submit_spam("192.0.2.1", comment_content="You there.", **about)
    assert client.submit_ham("192.0.2.1", comment_content="Thank you, Ann.", **about)
    usage = client.usage_limit()
    assert usage["limit"] == "none" and usage["usage"] >= 3 and not usage["throttled"], usage
