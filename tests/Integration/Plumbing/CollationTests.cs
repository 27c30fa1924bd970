using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>No index depends on the words of a language, which change with a library of the operating system.</summary>
public sealed class CollationTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task Every_key_of_text_is_ordered_by_its_bytes() => Assert.Empty(await scope.Query<string>(
        """
        select distinct format('%s.%s', a.attrelid::regclass, a.attname) as place
        from pg_index i
        join pg_class c on c.oid = i.indrelid
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
        where c.relnamespace::regnamespace::text in ('ingestion', 'scoring', 'settlement', 'payout')
            and a.atttypid = 'text'::regtype and a.attcollation <> 'pg_catalog."C"'::regcollation
        order by 1
        """));
}
