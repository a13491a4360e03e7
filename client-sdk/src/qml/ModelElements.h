// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/qml/ClientElement.h"
#include <Confab/ConversationListModel.h>
#include <Confab/MemberListModel.h>
#include <Confab/PersonPresence.h>
#include <Confab/SessionListModel.h>
#include <Confab/TimelineModel.h>
#include <Confab/UserSearchModel.h>

// The SDK's models, and PersonPresence, as QML elements: each takes the `Client` element, which has its client only
// once it is complete. Their bases are spelled with the namespace: Qt 6.4 matches names as they stand and leaves an
// element without its base's members in qmltypes otherwise.

namespace confab::client {

/// Which element a model follows, and the client it passes on.
template<typename Model>
class FollowedElement
{
public:
    ClientElement *element() const { return m_element; }

    /// Returns whether it is another one than before.
    bool follow(ClientElement *element, Model &model)
    {
        if (m_element == element)
            return false;
        if (m_element)
            QObject::disconnect(m_element, nullptr, &model, nullptr);
        m_element = element;
        if (element) {
            QObject::connect(element, &ClientElement::clientChanged, &model,
                             [element, &model] { model.Model::setClient(element->client()); });
        }
        model.Model::setClient(element ? element->client() : nullptr);
        return true;
    }

private:
    QPointer<ClientElement> m_element;
};

/// `ConversationListModel` in QML.
class ConversationListModelElement : public confab::client::ConversationListModel
{
    Q_OBJECT
    QML_NAMED_ELEMENT(ConversationListModel)
    Q_PROPERTY(confab::client::ClientElement *client READ element WRITE setElement NOTIFY elementChanged)

public:
    using ConversationListModel::ConversationListModel;
    ClientElement *element() const { return m_followed.element(); }
    void setElement(ClientElement *element)
    {
        if (m_followed.follow(element, *this))
            Q_EMIT elementChanged();
    }

Q_SIGNALS:
    void elementChanged();

private:
    FollowedElement<ConversationListModel> m_followed;
};

/// `TimelineModel` in QML.
class TimelineModelElement : public confab::client::TimelineModel
{
    Q_OBJECT
    QML_NAMED_ELEMENT(TimelineModel)
    Q_PROPERTY(confab::client::ClientElement *client READ element WRITE setElement NOTIFY elementChanged)

public:
    using TimelineModel::TimelineModel;
    ClientElement *element() const { return m_followed.element(); }
    void setElement(ClientElement *element)
    {
        if (m_followed.follow(element, *this))
            Q_EMIT elementChanged();
    }

Q_SIGNALS:
    void elementChanged();

private:
    FollowedElement<TimelineModel> m_followed;
};

/// `MemberListModel` in QML.
class MemberListModelElement : public confab::client::MemberListModel
{
    Q_OBJECT
    QML_NAMED_ELEMENT(MemberListModel)
    Q_PROPERTY(confab::client::ClientElement *client READ element WRITE setElement NOTIFY elementChanged)

public:
    using MemberListModel::MemberListModel;
    ClientElement *element() const { return m_followed.element(); }
    void setElement(ClientElement *element)
    {
        if (m_followed.follow(element, *this))
            Q_EMIT elementChanged();
    }

Q_SIGNALS:
    void elementChanged();

private:
    FollowedElement<MemberListModel> m_followed;
};

/// `UserSearchModel` in QML.
class UserSearchModelElement : public confab::client::UserSearchModel
{
    Q_OBJECT
    QML_NAMED_ELEMENT(UserSearchModel)
    Q_PROPERTY(confab::client::ClientElement *client READ element WRITE setElement NOTIFY elementChanged)

public:
    using UserSearchModel::UserSearchModel;
    ClientElement *element() const { return m_followed.element(); }
    void setElement(ClientElement *element)
    {
        if (m_followed.follow(element, *this))
            Q_EMIT elementChanged();
    }

Q_SIGNALS:
    void elementChanged();

private:
    FollowedElement<UserSearchModel> m_followed;
};

/// `SessionListModel` in QML.
class SessionListModelElement : public confab::client::SessionListModel
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SessionListModel)
    Q_PROPERTY(confab::client::ClientElement *client READ element WRITE setElement NOTIFY elementChanged)

public:
    using SessionListModel::SessionListModel;
    ClientElement *element() const { return m_followed.element(); }
    void setElement(ClientElement *element)
    {
        if (m_followed.follow(element, *this))
            Q_EMIT elementChanged();
    }

Q_SIGNALS:
    void elementChanged();

private:
    FollowedElement<SessionListModel> m_followed;
};

/// `PersonPresence` in QML.
class PersonPresenceElement : public confab::client::PersonPresence
{
    Q_OBJECT
    QML_NAMED_ELEMENT(PersonPresence)
    Q_PROPERTY(confab::client::ClientElement *client READ element WRITE setElement NOTIFY elementChanged)

public:
    using PersonPresence::PersonPresence;
    ClientElement *element() const { return m_followed.element(); }
    void setElement(ClientElement *element)
    {
        if (m_followed.follow(element, *this))
            Q_EMIT elementChanged();
    }

Q_SIGNALS:
    void elementChanged();

private:
    FollowedElement<PersonPresence> m_followed;
};

/// `Action` in QML: what calls return.
struct ActionElement
{
    Q_GADGET
    QML_FOREIGN(confab::client::Action)
    QML_NAMED_ELEMENT(Action)
    QML_UNCREATABLE("Calls return actions")
};

} // namespace confab::client
