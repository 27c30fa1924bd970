using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Unit.Settlement;

/// <summary>The digest is the SHA-256 of a text that anyone can write down.</summary>
public sealed class SettlementDigestTests
{
    [Fact]
    public void The_digest_is_the_hash_of_the_text_in_the_decision()
    {
        var rules = new RuleSet("points", 1, "test", "made up", 2, new Dictionary<string, long> { ["p"] = 50 },
            new Dictionary<string, IReadOnlyDictionary<string, long>>(), [], []);
        var definition = SettlementCases.Make(1).Definition with
        {
            ContestId = "c|1", GameIds = ["g2", "g1"], RuleSet = new RuleSetRefV1("points", 1, "rulehash"),
            Roster = new RosterV1([new RosterSlotV1("S", ["ANY"])], null, 1, 1, null, true),
            Athletes = [new("b", "B", ["ANY"], "t", "g1", 1), new("a", "A", ["ANY"], "t", "g1", 1),
                new("r", "R", ["ANY"], "t", "g2", 1)],
            Prizes = new PrizeStructureV1(PrizeTypes.WinnerTakesAll), EntryFeeMinor = 0, GuaranteedPoolMinor = 1_001, RakeBps = 0,
            PlatformFeeBps = 300,
        };
        var lines = new Dictionary<(string, string), IReadOnlyDictionary<string, long>>
        {
            [("g1", "a")] = new Dictionary<string, long> { ["z"] = 0, ["q"] = -2, ["p"] = 3 },
            [("g1", "b")] = new Dictionary<string, long> { ["p"] = 0 },
            [("g2", "r")] = new Dictionary<string, long> { ["p"] = 9 },
        };
        (string, string, long, string)[] entries = [("e2", "pl", 2, "a"), ("e1", "pl", 1, "b")];

        var result = SettleContest.Compute(
            definition, "defhash", rules, new FinalStats(new HashSet<string> { "g2" }, lines), SettlementCase.Book(entries));

        var entryHash = EntryHash.Of([("e1", "pl", 1, ["b"]), ("e2", "pl", 2, ["a"])]);
        var text = $"""
            contestpipeline-settlement|1
            contest|c%7C1|1
            definition|defhash
            rules|points|1|rulehash
            entries|2|{entryHash}
            game|g1|counted
            game|g2|ruled-out
            line|g1|a|p|3|q|-2
            entry|e1|2|0|0|0|0
            entry|e2|1|150|1001|30|971
            pool|usd|0|0|1001|1001|0
            prizes|1|1001|30|971|0

            """.ReplaceLineEndings("\n");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), result.Digest);
    }

    [Fact]
    public void The_book_hashes_its_entries_as_the_contract_says()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            var c = SettlementCases.Make(seed);
            var expected = EntryHash.Of(c.Entries.OrderBy(e => e.Id, StringComparer.Ordinal)
                .Select(e => (e.Id, e.Player, e.No, (IReadOnlyList<string>)(e.Lineup.Length == 0 ? [] : e.Lineup.Split(',')))));
            Assert.Equal(expected, SettlementCase.Book(c.Entries).Hash);
        }
    }

    [Fact]
    public void Texts_longer_than_the_buffer_and_outside_ascii_hash_like_their_bytes()
    {
        var longText = new string('\u00FC', 100_000);
        using var lines = new CanonicalLines();
        lines.Field("x").Field(longText).Field(long.MinValue).EndLine();

        Assert.Equal(CanonicalHash.OfBytes(Encoding.UTF8.GetBytes($"x|{longText}|-9223372036854775808\n")), lines.Finish());
    }

    [Fact]
    public void An_entry_that_is_there_twice_is_a_bug() =>
        Assert.Throws<InvariantException>(() => SettlementCase.Book([("e1", "p", 1, ""), ("e1", "p", 2, "")]));
}
