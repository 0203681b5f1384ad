using CsCheck;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Tests.Histories;

public sealed class BitMatrixTests
{
    [Fact]
    public void Transpose_AnyBits_ExchangesRowsAndColumns() =>
        Gen.ULong.Array[64].Sample(
            rows =>
            {
                ulong[] turned = [.. rows];
                BitMatrix.Transpose(turned);
                for (int row = 0; row < 64; row++)
                {
                    for (int column = 0; column < 64; column++)
                    {
                        ((turned[column] >> row) & 1).Should().Be((rows[row] >> column) & 1);
                    }
                }
            },
            iter: 20);
}
