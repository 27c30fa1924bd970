using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>Ports for servers that are about to start.</summary>
public sealed class FreePortsTests
{
    [Fact]
    public void No_port_of_a_row_is_given_out_again()
    {
        var first = FreePorts.InARow(40);
        var others = Enumerable.Range(0, 60).Select(_ => FreePorts.One()).ToArray();

        Assert.DoesNotContain(others, port => port >= first && port < first + 40);
    }
}
