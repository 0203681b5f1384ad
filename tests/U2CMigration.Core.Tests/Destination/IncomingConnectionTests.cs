using U2CMigration.Core.Destination;
using U2CMigration.Core.PageStores;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Destination;

public sealed class IncomingConnectionTests
{
    /// <summary>Out of memory may pass; a page that is not there does not come by itself.</summary>
    [Fact]
    public void CodeOf_WhatTheStoreLacks_TellsMemoryFromPages()
    {
        IncomingFailure.CodeOf(new PageStoreFullException(2, 1)).Should().Be(AbortCode.OutOfMemory);
        IncomingFailure.CodeOf(new PageNotHeldException(7, 0x1000)).Should().Be(AbortCode.DataMismatch);
    }
}
