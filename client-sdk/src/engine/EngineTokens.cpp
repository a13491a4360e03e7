// SPDX-License-Identifier: MIT
// The engine's part for apps with users of their own, and the end of an account.
#include "client-sdk/src/connection/SingleCall.h"
#include "client-sdk/src/engine/Engine.h"

namespace confab::client {

using namespace Qt::StringLiterals;
using State = Client::State;

void Engine::useTokenProvider(bool use)
{
    m_refresher->enable(use);
    if (!use)
        return;
    if (m_state == State::SessionOver || m_state == State::SecretsLocked || m_state == State::SecretsMissing)
        endSession({});
}

void Engine::useToken(const QString &token)
{
    if (m_store.me().id.isNull())
        return;
    m_token = token.toLatin1();
    m_keeper.keep(m_token, [this](SecretOutcome outcome) { tokenKept(outcome); });
}

void Engine::noToken(const Error &error)
{
    if (m_store.me().id.isNull())
        return;
    if (error.kind() == ErrorKind::TryAgain)
        setState(State::Offline, error.message);
    else
        setState(State::SessionOver, error.message);
}

void Engine::signInWithToken(const QString &token, Callback<User> callback)
{
    if (!maySignIn()) {
        callback(Error::conflict({}, u"Somebody is signed in here already."_s));
        return;
    }
    Hello op;
    op.token = token;
    SingleCall::start(m_parts.makeTransport, socketUrl(), m_parts.singleCallMs, op,
                      std::function<void(Result<HelloReply>)>([this, token, callback](const Result<HelloReply> &reply) {
                          signedIn(reply ? Result<SignedIn>(SignedIn{token, reply->user, reply->session})
                                         : Result<SignedIn>(reply.error()),
                                   callback);
                      }),
                      this);
}

void Engine::deleteAccount(const DeleteAccount &op, Callback<Done> callback)
{
    // The server closes the socket right after its answer, and that is no session that ended elsewhere.
    m_signingOut = true;
    m_connection->call(op, [this, callback = std::move(callback)](const Result<Empty> &reply) {
        if (reply) {
            finishSignOut(callback);
            return;
        }
        m_signingOut = false;
        if (reply.error().kind() == ErrorKind::SessionOver)
            endSession(u"The session ended. Sign in again."_s);
        callback(reply.error());
    });
}

} // namespace confab::client
