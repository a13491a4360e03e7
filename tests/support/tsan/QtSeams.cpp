// SPDX-License-Identifier: MIT
// Shows ThreadSanitizer the orders between threads that Qt makes, in test executables of the tsan preset alone.
//
// Debian's Qt is not instrumented, and its locks are futexes that the sanitizer does not know. So the linker puts the
// functions below in front of the calls that our code makes into Qt (--wrap, in tests/support/CMakeLists.txt). Each
// announces exactly the order that Qt documents, between the two ends it documents it for:
//
//   emitting a signal            before  queued slots of that sender
//   QMetaObject::invokeMethod()  before  the call of that function, and that before its destruction
//   postEvent(), deleteLater()   before  the next events of that receiver
//   the end of a QThread         before  the return of wait() on it
//   QSemaphore::release()        before  acquire() and tryAcquire()
//
// Nothing else is ordered by them: tests/unit/tsan plants a race beside each of these and wants it reported. (QMutex
// tells the sanitizer by itself, in its header.)
#include <QtCore/QCoreApplication>
#include <QtCore/QDeadlineTimer>
#include <QtCore/QEvent>
#include <QtCore/QSemaphore>
#include <QtCore/QThread>

#include <sanitizer/tsan_interface.h>

#include <cstring>

namespace {

void release(const void *key)
{
    __tsan_release(const_cast<void *>(key));
}

void acquire(const void *key)
{
    __tsan_acquire(const_cast<void *>(key));
}

/// Called by Qt before it delivers an event, on the receiver's thread.
bool beforeEvent(void **data)
{
    const auto *receiver = static_cast<const QObject *>(data[0]);
    const auto *event = static_cast<const QEvent *>(data[1]);
    acquire(receiver);
    if (event->type() == QEvent::MetaCall) {
        // QAbstractMetaCallEvent (qobject_p.h, Qt 6.4) begins with the signal's number and the sender. The sender is
        // used as a key and not looked into.
        const QObject *sender = nullptr;
        std::memcpy(&sender, reinterpret_cast<const char *>(event) + sizeof(QEvent) + sizeof(void *), sizeof sender);
        if (sender)
            acquire(sender);
    }
    return false;
}

/// Stands before the function of one invokeMethod(): called after what the caller did, and destroyed, by either side,
/// after the call.
class OrderedSlot final : public QtPrivate::QSlotObjectBase
{
public:
    explicit OrderedSlot(QtPrivate::QSlotObjectBase *slot) : QSlotObjectBase(act), m_slot(slot) { release(this); }

private:
    static void act(int which, QSlotObjectBase *base, QObject *receiver, void **arguments, bool *)
    {
        auto *self = static_cast<OrderedSlot *>(base);
        acquire(self);
        if (which == Call) {
            self->m_slot->call(receiver, arguments);
            release(self);
        } else if (which == Destroy) {
            self->m_slot->destroyIfLastRef();
            delete self;
        }
    }

    QtPrivate::QSlotObjectBase *const m_slot;
};

[[maybe_unused]] const bool registered = QInternal::registerCallback(QInternal::EventNotifyCallback, beforeEvent);

} // namespace

extern "C" {

/// What happens within libraries that are not instrumented is not judged; without this, every lock that Qt and glib make
/// of a futex is a false report. Neither is code of ours that they call from inside a function which the sanitizer
/// intercepts, as the std::call_once of QThread::create(): hence FunctionThread.
const char *__tsan_default_options()
{
    return "ignore_noninstrumented_modules=1:allow_addr2line=1";
}

using SlotObject = QtPrivate::QSlotObjectBase;

void __real__ZN11QMetaObject8activateEP7QObjectPKS_iPPv(QObject *, const QMetaObject *, int, void **);
void __wrap__ZN11QMetaObject8activateEP7QObjectPKS_iPPv(QObject *sender, const QMetaObject *type, int signal,
                                                        void **arguments)
{
    release(sender);
    __real__ZN11QMetaObject8activateEP7QObjectPKS_iPPv(sender, type, signal, arguments);
}

bool __real__ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtPrivate15QSlotObjectBaseEN2Qt14ConnectionTypeEPv(
    QObject *, SlotObject *, Qt::ConnectionType, void *);
bool __wrap__ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtPrivate15QSlotObjectBaseEN2Qt14ConnectionTypeEPv(
    QObject *object, SlotObject *slot, Qt::ConnectionType type, void *result)
{
    return __real__ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtPrivate15QSlotObjectBaseEN2Qt14ConnectionTypeEPv(
        object, new OrderedSlot(slot), type, result);
}

void __real__ZN16QCoreApplication9postEventEP7QObjectP6QEventi(QObject *, QEvent *, int);
void __wrap__ZN16QCoreApplication9postEventEP7QObjectP6QEventi(QObject *receiver, QEvent *event, int priority)
{
    release(receiver);
    __real__ZN16QCoreApplication9postEventEP7QObjectP6QEventi(receiver, event, priority);
}

void __real__ZN7QObject11deleteLaterEv(QObject *);
void __wrap__ZN7QObject11deleteLaterEv(QObject *object)
{
    release(object);
    __real__ZN7QObject11deleteLaterEv(object);
}

void __real__ZN7QThread5startENS_8PriorityE(QThread *, QThread::Priority);
void __wrap__ZN7QThread5startENS_8PriorityE(QThread *thread, QThread::Priority priority)
{
    QObject::connect(
        thread, &QThread::finished, thread, [thread] { release(thread); },
        static_cast<Qt::ConnectionType>(Qt::DirectConnection | Qt::SingleShotConnection));
    __real__ZN7QThread5startENS_8PriorityE(thread, priority);
}

bool __real__ZN7QThread4waitE14QDeadlineTimer(QThread *, QDeadlineTimer);
bool __wrap__ZN7QThread4waitE14QDeadlineTimer(QThread *thread, QDeadlineTimer deadline)
{
    const bool ended = __real__ZN7QThread4waitE14QDeadlineTimer(thread, deadline);
    if (ended)
        acquire(thread);
    return ended;
}

void __real__ZN10QSemaphore7releaseEi(QSemaphore *, int);
void __wrap__ZN10QSemaphore7releaseEi(QSemaphore *semaphore, int count)
{
    release(semaphore);
    __real__ZN10QSemaphore7releaseEi(semaphore, count);
}

void __real__ZN10QSemaphore7acquireEi(QSemaphore *, int);
void __wrap__ZN10QSemaphore7acquireEi(QSemaphore *semaphore, int count)
{
    __real__ZN10QSemaphore7acquireEi(semaphore, count);
    acquire(semaphore);
}

bool __real__ZN10QSemaphore10tryAcquireEii(QSemaphore *, int, int);
bool __wrap__ZN10QSemaphore10tryAcquireEii(QSemaphore *semaphore, int count, int timeoutMs)
{
    const bool acquired = __real__ZN10QSemaphore10tryAcquireEii(semaphore, count, timeoutMs);
    if (acquired)
        acquire(semaphore);
    return acquired;
}
}
