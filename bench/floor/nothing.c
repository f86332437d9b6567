/* SPDX-License-Identifier: MIT
 *
 * The floor of starting: a program without libraries that does nothing. What it takes is fork, exec and wait.
 */

int main(void)
{
	return 0;
}
