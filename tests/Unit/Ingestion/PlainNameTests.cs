using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>Names of one athlete are equal, however sources spell them.</summary>
public sealed class PlainNameTests
{
    [Theory]
    [InlineData("Odell Beckham Jr.", "odell beckham")]
    [InlineData("Odell Beckham, Jr.", "odell beckham")]
    [InlineData("Le'Veon Bell", "leveon bell")]
    [InlineData("Le\u2019Veon  Bell ", "leveon bell")]
    [InlineData("A.J. Green", "aj green")]
    [InlineData("Robert Griffin III", "robert griffin")]
    [InlineData("Jos\u00e9 Altuve", "jose altuve")]
    [InlineData("Luka Don\u010di\u0107", "luka doncic")]
    [InlineData("Vikings ", "vikings")]
    public void Names_are_compared_without_what_sources_spell_differently(string name, string plain) =>
        Assert.Equal(plain, PlainName.Of(name));

    [Fact]
    public void Different_names_stay_different() =>
        Assert.Equal(4, new[] { "Ian V", "Ivan", "Dave Iv", "D'Ave Ivy" }.Select(PlainName.Of).Distinct().Count());
}
