//! Staff at work in the real window: what would happen, that it happens, that it is on record, and back.

use super::world::Person;

#[tokio::test]
async fn an_account_is_suspended_and_taken_back_and_both_are_on_record() {
    let person = Person::new("acting").await;
    let window = person.at_work().await;
    let id = window.first_user("?status=active&role=owner").await;
    window.visit_user(&id).await;

    window.click_words("Actions").await;
    window
        .until(
            "what may be done",
            "[...document.querySelectorAll('[role=menuitem]')].some((each) => each.innerText.trim() === 'Suspend')",
        )
        .await;
    window
        .run(
            "[...document.querySelectorAll('[role=menuitem]')]
               .find((each) => each.innerText.trim() === 'Suspend').click()",
            Vec::new(),
        )
        .await;
    window
        .until(
            "the exact change",
            "document.querySelector('dialog[open]')?.innerText.includes('suspended')",
        )
        .await;
    window.fill("Reason", "fraud, ticket 4711").await;
    window
        .run(
            "document.querySelector('dialog[open] button[type=submit]').click()",
            Vec::new(),
        )
        .await;
    window
        .until(
            "that it was done, and the way back",
            "[...document.querySelectorAll('dialog[open] button, .toasts button, [role=status] button, button')]
               .some((each) => each.innerText.trim().startsWith('Undo'))",
        )
        .await;
    window
        .until(
            "the page as it is now",
            "document.querySelector('main section.panel .status')?.innerText.trim() === 'suspended'",
        )
        .await;
    window
        .run(
            "[...document.querySelectorAll('button')]
               .find((each) => each.innerText.trim().startsWith('Undo')).click()",
            Vec::new(),
        )
        .await;
    window
        .until(
            "what taking it back would change",
            "document.querySelector('dialog[open] form')?.innerText.includes('active')",
        )
        .await;
    window
        .fill("Reason", "the ticket was about somebody else")
        .await;
    window
        .run(
            "document.querySelector('dialog[open] button[type=submit]').click()",
            Vec::new(),
        )
        .await;
    window
        .until(
            "that it was taken back",
            "document.body.innerText.includes('It was taken back') || document.body.innerText.includes('taken back')",
        )
        .await;

    window
        .until(
            "the account at work again",
            "document.querySelector('main section.panel .status')?.innerText.trim() === 'active'",
        )
        .await;

    window.visit("#/audit").await;
    window
        .until(
            "both on record, and the chains whole",
            "['fraud, ticket 4711', 'the ticket was about somebody else'].every((reason) =>
               [...document.querySelectorAll('main tbody tr')].some((row) => row.innerText.includes(reason)))
               && !document.querySelector('main [role=alert]')",
        )
        .await;
    window.close().await;
}
