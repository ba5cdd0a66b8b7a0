//! What became of the connection in use: where it leads, and whether it was kept from
//! an earlier request and closed before the next one had an answer.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// What is known of the one connection of an agent.
#[derive(Debug, Default)]
pub struct KeptLine(Mutex<LineState>);

#[derive(Clone, Copy, Debug, Default)]
struct LineState {
    peer: Option<SocketAddr>,
    /// A request before this one was answered on it.
    kept: bool,
    /// A byte of the answer to this request has come.
    answered: bool,
}

impl KeptLine {
    /// True where the last request went over a connection that an earlier one had left
    /// open, and not one byte of an answer came. If the connection turned out to be
    /// closed, the other side had done so before it knew of the request.
    pub fn was_kept_and_is_silent(&self) -> bool {
        let state = self.state();
        state.kept && !state.answered
    }

    /// A new connection, to this address.
    pub(super) fn connected(&self, peer: SocketAddr) {
        *self.state() = LineState { peer: Some(peer), ..LineState::default() };
    }

    /// The address at the other end.
    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.state().peer
    }

    /// A request, or a part of one, is about to go out.
    fn asks(&self) {
        let mut state = self.state();
        state.kept |= state.answered;
        state.answered = false;
    }

    fn answers(&self) {
        self.state().answered = true;
    }

    fn state(&self) -> MutexGuard<'_, LineState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts down in a [`KeptLine`] what goes over the connection.
#[derive(Debug)]
pub(super) struct Watch(pub(super) Arc<KeptLine>);

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched<In>;

    fn connect(
        &self,
        _details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let line = Arc::clone(&self.0);
        Ok(chained.map(|transport| Watched { transport, line }))
    }
}

#[derive(Debug)]
pub(super) struct Watched<In> {
    transport: In,
    line: Arc<KeptLine>,
}

impl<In: Transport> Transport for Watched<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.transport.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.line.asks();
        self.transport.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let came = self.transport.await_input(timeout)?;
        if came {
            self.line.answers();
        }
        Ok(came)
    }

    fn is_open(&mut self) -> bool {
        self.transport.is_open()
    }

    fn is_tls(&self) -> bool {
        self.transport.is_tls()
    }
}
