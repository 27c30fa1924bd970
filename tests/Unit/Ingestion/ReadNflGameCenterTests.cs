using System.Text;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>Documents that are none.</summary>
public sealed class ReadNflGameCenterTests
{
    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"nextupdate":1}""")]
    [InlineData("""{"2016100212":{}}""")]
    [InlineData("""{"2016100212":{"home":"KC","away":{"abbr":"PIT"}}}""")]
    [InlineData("""{"2016100212":{"home":{"abbr":"KC"},"away":{"abbr":"PIT"},"drives":{"1":{"plays":{"1":[]}}}}}""")]
    [InlineData(
        """{"2016100212":{"home":{"abbr":"KC"},"away":{"abbr":"PIT"},"drives":{"1":{"plays":{"1":{"players":{"00-1":7}}}}}}}""")]
    public void What_is_no_document_is_refused_in_words(string json)
    {
        var refused = Assert.IsType<NflDocumentRead.Refused>(ReadNflGameCenter.Read(Encoding.UTF8.GetBytes(json)));
        Assert.NotEmpty(refused.Expected);
    }
}
